namespace Waybill.Testing.Simulation;

/// <summary>Which simulated run.</summary>
public sealed record SimulationSettings
{
    /// <summary>Everything that happens by chance follows from it.</summary>
    public required int Seed { get; init; }

    /// <summary>
    /// How many steps the storm has, before it is calm and everything must come to its end. Default: 3,000.
    /// </summary>
    public int StormSteps { get; init; } = 3000;

    /// <summary>Whether to keep the trace, for people. Default: no, only its hash.</summary>
    public bool KeepsTrace { get; init; }

    /// <summary>The bug that is put in.</summary>
    internal Mutation Mutation { get; init; }
}
