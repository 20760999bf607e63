namespace Waybill.Stores;

/// <summary>What became of one hop.</summary>
public enum HopStatus
{
    /// <summary>Written and durable.</summary>
    Applied = 0,

    /// <summary>The element is no longer owned by the worker at that hop. Nothing was written; forget it.</summary>
    Lost = 1,

    /// <summary>A cancel was requested. Nothing was written; the same work must be committed as a cancel.</summary>
    CancelPending = 2,

    /// <summary>An attached write failed or was refused. Nothing was written; the run counts as failed.</summary>
    WriteFailed = 3,
}

/// <summary>What became of one hop.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Error">The error of the attached write, with <see cref="HopStatus.WriteFailed"/>.</param>
public readonly record struct HopOutcome(HopStatus Status, Exception? Error = null)
{
    /// <summary>The common case.</summary>
    public static HopOutcome Applied => default;
}
