using System.Globalization;
using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>
/// When a group is released without a person. A rule says which elements it looks at and what must be true of them; the
/// store answers both in the transaction of the release, so a rule needs no memory of its own, and fires once for each
/// time that it becomes true, however many processes look and whenever they were started.
/// </summary>
internal abstract record HoldRule
{
    /// <summary>The column that it needs to be one of numbers, as the expression that it was declared with.</summary>
    public virtual string? NumberSource => null;

    /// <summary>
    /// Whether all that is held in the group goes, in several batches where one is too small; otherwise a further batch
    /// needs the rule to be true of what is left.
    /// </summary>
    public virtual bool TakesAll => false;

    /// <summary>Which elements count; of these the batch is made.</summary>
    /// <param name="now">The present.</param>
    public virtual HeldFilter FilterAt(DateTimeOffset now) => HeldFilter.All;

    /// <summary>What must be true of them.</summary>
    /// <param name="now">The present.</param>
    public abstract HeldGate GateAt(DateTimeOffset now);

    /// <summary>
    /// When it may become true by itself, when nothing comes and goes; null for never.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="oldestAt">Since when the element is held that waits longest.</param>
    public virtual DateTimeOffset? DueAfter(DateTimeOffset now, DateTimeOffset oldestAt) => null;
}

internal sealed record CountRule(int Count) : HoldRule
{
    public override HeldGate GateAt(DateTimeOffset now) => new() { MinCount = Count };

    public override string ToString() => $"when {Count} are held";
}

internal sealed record SumRule(string Column, string Source, decimal Sum) : HoldRule
{
    public override string? NumberSource => Source;

    public override HeldGate GateAt(DateTimeOffset now) => new() { SumColumn = Column, MinSum = Sum };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"when {Column} comes to {Sum}");
}

internal sealed record OldestRule(TimeSpan Age) : HoldRule
{
    public override bool TakesAll => true;

    public override HeldGate GateAt(DateTimeOffset now) => new() { OldestAt = now - Age };

    public override DateTimeOffset? DueAfter(DateTimeOffset now, DateTimeOffset oldestAt) => oldestAt + Age;

    public override string ToString() => $"when the oldest is held for {Age}";
}

internal sealed record ClockRule(ClockTimes Times) : HoldRule
{
    // Those held before the last time that has come, so that a time is made up for when nobody looked.
    public override HeldFilter FilterAt(DateTimeOffset now) => new() { HeldBefore = Times.LastUntil(now) };

    public override HeldGate GateAt(DateTimeOffset now) => new();

    public override DateTimeOffset? DueAfter(DateTimeOffset now, DateTimeOffset oldestAt) => Times.NextAfter(now);

    public override string ToString() => $"at {Times}";
}

internal sealed record CompleteRule(string Column, string Source) : HoldRule
{
    public override string? NumberSource => Source;

    public override bool TakesAll => true;

    public override HeldGate GateAt(DateTimeOffset now) => new() { CompleteBy = Column };

    public override string ToString() => $"when as many are held as {Column} says";
}
