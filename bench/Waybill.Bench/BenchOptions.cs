using Waybill.Bench.Figures;
using Waybill.Bench.Sites;

namespace Waybill.Bench;

/// <summary>What to measure, and how thoroughly.</summary>
internal sealed record BenchOptions
{
    public required IReadOnlyList<StoreKind> Stores { get; init; }

    /// <summary>The letters of the figures.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required bool Quick { get; init; }

    /// <summary>How many elements throughput is measured on.</summary>
    public required int Elements { get; init; }

    /// <summary>How many elements a worker owns at once at the most.</summary>
    public required int InFlight { get; init; }

    /// <summary>Each figure is the median of so many runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether anything is measured that has to do with stores.</summary>
    public bool NeedsStores => Only.Any(letter => letter != PageFigure.Letter);

    public bool Wants(string letter) => Only.Contains(letter);

    public override string ToString()
    {
        string caution = Quick ? ", quick: not to judge by" : "";
        return FormattableString.Invariant(
            $"median of {Runs}, {Elements:N0} elements, {InFlight:N0} in flight{caution}");
    }
}
