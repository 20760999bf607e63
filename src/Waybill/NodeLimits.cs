namespace Waybill;

/// <summary>Limits that operators set for a node, in each process that hosts it.</summary>
/// <param name="ConcurrencyMax">How many runs may go on at once, from 1; null for what the node declares.</param>
/// <param name="RatePerSecond">
/// How many runs may begin in a second, from 0.001 to 1,000,000; null for what the node declares.
/// </param>
public sealed record NodeLimits(int? ConcurrencyMax = null, double? RatePerSecond = null)
{
    /// <summary>No limits but those that the node declares.</summary>
    public static NodeLimits None { get; } = new();

    /// <summary>How many runs may go on at once; null for what the node declares.</summary>
    public int? ConcurrencyMax { get; } = ConcurrencyMax is null or >= 1
        ? ConcurrencyMax
        : throw new ArgumentOutOfRangeException(
            nameof(ConcurrencyMax), ConcurrencyMax, "At least one run must be allowed. To stop a node, pause it.");

    /// <summary>How many runs may begin in a second; null for what the node declares.</summary>
    public double? RatePerSecond { get; } = RatePerSecond is null or (>= 0.001 and <= 1_000_000)
        ? RatePerSecond
        : throw new ArgumentOutOfRangeException(
            nameof(RatePerSecond), RatePerSecond,
            "Give 0.001 to 1,000,000 runs in a second. To stop a node, pause it.");
}
