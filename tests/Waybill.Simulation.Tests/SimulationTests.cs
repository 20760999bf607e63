using Waybill.Stores;
using Waybill.Testing.Simulation;

namespace Waybill.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_is_lost_doubled_overtaken_or_left_behind_and_every_fault_has_fired()
    {
        IReadOnlyList<SimulationResult> results = Seeds.Run(Seeds.Count);

        SimulationResult[] bad = [.. results.Where(result => result.Violations.Count > 0)];
        Assert.True(bad.Length == 0, $"{bad.Length} of {results.Count} runs went wrong\n{Told(bad.Take(5))}");
        output.WriteLine($"{results.Count} runs with {Total(results, result => result.Events)}");
        output.WriteLine($"Faults: {Total(results, result => result.Faults)}");
        output.WriteLine($"Occasions: {Total(results, result => result.Occasions)}");
        AssertAllOccurred(results, result => result.Faults);
        AssertAllOccurred(results, result => result.Occasions);
        AssertAllOccurred(results, result => result.Events);
    }

    [Fact]
    public void Replay()
    {
        if (Seeds.Replayed is not { } seed)
            return;

        SimulationResult result = Seeds.Run(seed, Mutation.None, keepsTrace: true);

        string file = Path.Combine(Path.GetTempPath(), $"waybill-seed-{seed}.txt");
        File.WriteAllLines(file, result.Trace);
        string told = string.Join('\n', result.Violations.Concat(result.Trace.TakeLast(100)));
        Assert.True(result.Violations.Count == 0, $"Seed {seed}, whole trace in {file}:\n{told}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_to_the_last_step()
    {
        IReadOnlyList<SimulationResult> first = Seeds.Run(50);

        IReadOnlyList<SimulationResult> second = Seeds.Run(50);

        Assert.Equal(first.Select(result => result.TraceHash), second.Select(result => result.TraceHash));
        Assert.Equal(50, first.Select(result => result.TraceHash).Distinct().Count());
    }

    [Fact]
    public void Keeping_the_trace_does_not_change_the_run()
    {
        SimulationResult without = Seeds.Run(7, Mutation.None, keepsTrace: false);

        SimulationResult with = Seeds.Run(7, Mutation.None, keepsTrace: true);

        Assert.Equal(without.TraceHash, with.TraceHash);
        Assert.Empty(without.Trace);
        Assert.Contains(with.Trace, line => line.EndsWith(" calm", StringComparison.Ordinal));
    }

    // A set of runs in which a kind of fault never fired, or in which elements never did something, proves nothing of
    // it.
    private static void AssertAllOccurred<TKind>(
        IReadOnlyList<SimulationResult> results,
        Func<SimulationResult, IReadOnlyDictionary<TKind, int>> counts)
        where TKind : struct, Enum
    {
        IEnumerable<TKind> missing = Enum.GetValues<TKind>().Except(results.SelectMany(result => counts(result).Keys));
        Assert.True(!missing.Any(), $"The runs are invalid: they never had {string.Join(", ", missing)}");
    }

    private static string Told(IEnumerable<SimulationResult> bad) => string.Join('\n', bad.Select(result =>
        $"Replay with WAYBILL_SEED={result.Seed} ./test.sh --no-format --filter Replay\n"
        + $"  {string.Join("\n  ", result.Violations.Take(3))}"));

    private static string Total<TKind>(
        IReadOnlyList<SimulationResult> results,
        Func<SimulationResult, IReadOnlyDictionary<TKind, int>> counts)
        where TKind : struct, Enum => string.Join(", ", results
            .SelectMany(counts).GroupBy(count => count.Key).OrderBy(kind => kind.Key)
            .Select(kind => $"{kind.Key} {kind.Sum(count => count.Value):N0}"));
}
