using System.Text.Json.Serialization;

namespace Waybill.Bench.Report;

/// <summary>In what something is measured, and how it is written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Unit>))]
internal enum Unit
{
    HopsPerSecond = 0,
    Ratio = 1,
    Milliseconds = 2,
    Seconds = 3,
    Megabytes = 4,
    Kilobytes = 5,
    PerSecond = 6,
}

/// <summary>What a value should reach.</summary>
/// <param name="Value">The bound.</param>
/// <param name="IsLeast">Whether the value should be at least that; else at the most.</param>
internal sealed record Target(double Value, bool IsLeast)
{
    public static Target AtLeast(double value) => new(value, true);

    public static Target AtMost(double value) => new(value, false);

    public string Text => FormattableString.Invariant($"{(IsLeast ? '≥' : '≤')} {Value:#,0.##}");

    public bool IsMetBy(double value) => IsLeast ? value >= Value : value <= Value;
}

/// <summary>One value, mostly of one store: the median of its runs.</summary>
/// <param name="Figure">The letter.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Store">On which store, or <see cref="NoStore"/>.</param>
/// <param name="Unit">In what.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Target">What it should reach, if anything.</param>
internal sealed record Measurement(
    string Figure, string Name, string Store, Unit Unit, IReadOnlyList<double> Runs, Target? Target)
{
    /// <summary>What stands for the store where none has a part.</summary>
    public const string NoStore = "no store";

    public double Value { get; } = Median(Runs);

    public bool? IsMet => Target?.IsMetBy(Value);

    public string Text => FormattableString.Invariant(Unit switch
    {
        Unit.HopsPerSecond => $"{Value:N0} hops/s",
        Unit.Ratio => $"{Value:0.00}",
        Unit.Milliseconds => $"{Value:0.0} ms",
        Unit.Seconds => $"{Value:0.000} s",
        Unit.Megabytes => $"{Value:N0} MB",
        Unit.Kilobytes => $"{Value:N0} KB",
        Unit.PerSecond => $"{Value:N0} /s",
        _ => $"{Value}",
    });

    private static double Median(IReadOnlyList<double> runs)
    {
        double[] sorted = [.. runs.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
