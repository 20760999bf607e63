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

    /// <summary>
    /// Changes are pending that the hop does not answer. Nothing was written; the same work must be committed with an
    /// answer to each of <see cref="HopOutcome.Changes"/>.
    /// </summary>
    ChangePending = 4,
}

/// <summary>A change that the hop of an owned element must answer.</summary>
/// <param name="Change">The request.</param>
/// <param name="Type">Its type.</param>
/// <param name="Payload">What is asked for, UTF-8 JSON.</param>
/// <param name="IsConcerned">Whether the element gets an outcome, or is only passed through.</param>
public sealed record ChangeMark(ChangeId Change, string Type, ReadOnlyMemory<byte> Payload, bool IsConcerned);

/// <summary>What became of one hop.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Error">The error of the attached write, with <see cref="HopStatus.WriteFailed"/>.</param>
public readonly record struct HopOutcome(HopStatus Status, Exception? Error = null)
{
    /// <summary>All that is pending, with <see cref="HopStatus.ChangePending"/>, oldest first; else null.</summary>
    public IReadOnlyList<ChangeMark>? Changes { get; init; }

    /// <summary>The common case.</summary>
    public static HopOutcome Applied => default;
}
