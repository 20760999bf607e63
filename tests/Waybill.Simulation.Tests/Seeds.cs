using System.Globalization;
using Waybill.Testing.Simulation;

namespace Waybill.Simulation.Tests;

/// <summary>Runs sets of seeds, as many at once as there are processors, each on a thread of its own.</summary>
internal static class Seeds
{
    private const int CountUsual = 5000;

    /// <summary>How many seeds the whole set has: <c>WAYBILL_SEEDS</c>, or 5,000.</summary>
    public static int Count => Variable("WAYBILL_SEEDS") ?? CountUsual;

    /// <summary>The one seed that is to be replayed: <c>WAYBILL_SEED</c>, or none.</summary>
    public static int? Replayed => Variable("WAYBILL_SEED");

    public static IReadOnlyList<SimulationResult> Run(int count, Mutation mutation = Mutation.None)
    {
        SimulationResult[] results = new SimulationResult[count];
        // Without a bound the pool adds threads for as long as it goes on, hundreds in a long one.
        ParallelOptions oneEach = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, count, oneEach, i => results[i] = Run(i + 1, mutation, keepsTrace: false));
        return results;
    }

    public static SimulationResult Run(int seed, Mutation mutation, bool keepsTrace) => Simulator.Run(
        new SimulationSettings { Seed = seed, Mutation = mutation, KeepsTrace = keepsTrace });

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? int.Parse(value, CultureInfo.InvariantCulture)
            : null;
}
