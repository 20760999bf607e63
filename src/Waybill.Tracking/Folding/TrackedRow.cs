namespace Waybill.Tracking.Folding;

/// <summary>An element as the tracking store keeps it, while a pass changes it.</summary>
internal sealed class TrackedRow
{
    public required long Key { get; init; }

    public required ElementId Id { get; init; }

    public required int Site { get; init; }

    /// <summary>The first of its family; its own key when nobody called it.</summary>
    public required long Root { get; init; }

    public long? Parent { get; init; }

    public string BusinessKey { get; set; } = "";

    public int Node { get; set; }

    public TrackedState State { get; set; }

    public int Hop { get; set; }

    /// <summary>Since when it is in its state; microseconds, as all instants here.</summary>
    public long Since { get; set; }

    public long ArrivedAt { get; set; }

    public long AcceptedAt { get; set; }

    /// <summary>How it ended; -1 when that was before tracking began.</summary>
    public int? Ending { get; set; }

    public long? EndedAt { get; set; }

    public ElementId? Batch { get; set; }

    /// <summary>Whether it is at a node that is not tracked.</summary>
    public bool IsHidden { get; set; }

    /// <summary>Of a root: how many of its family have not ended.</summary>
    public int Open { get; set; }

    /// <summary>How many parts its history has.</summary>
    public int Parts { get; set; }

    public long? Subject { get; set; }

    /// <summary>Search attributes, a JSON object.</summary>
    public string? Attributes { get; set; }

    /// <summary>Personal attributes, sealed.</summary>
    public byte[]? Personal { get; set; }

    public bool IsNew { get; init; }

    public bool IsChanged { get; set; }

    /// <summary>What the pass adds to its history.</summary>
    public List<HistoryEntry> Added { get; } = [];

    /// <summary>Where it was counted before the pass; null for nowhere.</summary>
    public (int Node, TrackedState State)? CountedAt { get; init; }

    /// <summary>The attributes before the pass, when the pass replaced them.</summary>
    public string? ReplacedAttributes { get; set; }

    public bool HasNewAttributes { get; set; }
}

/// <summary>One step of an element's history, as a pass adds it.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Hop">The hop number afterwards.</param>
/// <param name="Node">The node's number.</param>
/// <param name="Worked">How long the run took.</param>
/// <param name="Note">JSON: who, why, a milestone; null for nothing.</param>
/// <param name="IsSealed">Whether the note is sealed, and to be written as a JSON string.</param>
internal readonly record struct HistoryEntry(
    long At, Stores.JournalKind Kind, int Hop, int Node, long Worked, string? Note, bool IsSealed);
