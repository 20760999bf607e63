using Waybill.Testing.Simulation;

namespace Waybill.Simulation.Tests;

/// <summary>The simulation finds bugs that are put in on purpose, each within a number of seeds.</summary>
public sealed class SelfCheckTests(ITestOutputHelper output)
{
    private const int SeedsMax = 300;

    public static TheoryData<string> Mutations =>
        [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_bug_is_found(string mutation)
    {
        for (int seed = 1; seed <= SeedsMax; seed++)
        {
            SimulationResult result = Seeds.Run(seed, Enum.Parse<Mutation>(mutation), keepsTrace: false);
            if (result.Violations.Count == 0)
                continue;
            output.WriteLine($"Found with seed {seed}: {result.Violations[0]}");
            return;
        }

        Assert.Fail($"{mutation} stayed hidden for {SeedsMax} seeds");
    }
}
