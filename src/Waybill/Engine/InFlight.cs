using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// An element while this process owns it. One object serves the element from claim to release, however many nodes it
/// passes in memory; only its current holder (ready queue, run, outbox, commit) touches it.
/// </summary>
internal sealed class InFlight(ClaimedElement claimed, int generation, BatchMembers members)
{
    /// <summary>The custody's generation in which it was claimed.</summary>
    public int Generation { get; } = generation;

    public long Key { get; } = claimed.Key;

    public ElementId Id { get; } = claimed.Id;

    public string BusinessKey { get; } = claimed.BusinessKey;

    public DateTimeOffset AcceptedAt { get; } = claimed.AcceptedAt;

    public CallerRef? Caller { get; } = claimed.Caller;

    /// <summary>The trace that its runs belong to, a W3C <c>traceparent</c>.</summary>
    public string? Trace { get; } = claimed.Trace;

    public NodeAddress Node { get; private set; } = claimed.Node;

    public int Hop { get; private set; } = claimed.Hop;

    public int ArrivedHop { get; private set; } = claimed.ArrivedHop;

    public int Attempt { get; private set; } = claimed.Attempt;

    public ReadOnlyMemory<byte> Data { get; private set; } = claimed.Data;

    public IReadOnlyList<Reply> Replies { get; private set; } = claimed.Replies;

    public string? AwaitedSignal { get; private set; } = claimed.AwaitedSignal;

    /// <summary>Whether it came here with replies, or because a wait for a signal ran out.</summary>
    public bool HasWaited => Replies.Count > 0 || AwaitedSignal is not null;

    public string? Failure { get; private set; } = claimed.Failure;

    public bool CancelRequested { get; set; } = claimed.CancelRequested;

    public bool InLine { get; private set; } = claimed.InLine;

    /// <summary>Reads its members, if it is a batch.</summary>
    public BatchMembers Members { get; } = members;

    /// <summary>Whether the data has members that the node's type does not know; set when it is read.</summary>
    public bool HasUnknownMembers { get; set; }

    /// <summary>
    /// Whether it has not moved since its claim: while it waited, its data may have been changed where it stood.
    /// </summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>The finished run's hop, while it waits for its commit.</summary>
    public PendingHop? Pending { get; set; }

    /// <summary>Whether an earlier commit of the pending hop may have been applied.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>
    /// Whether one hop took the place of another in doubt, and either hands on: if this process owns it at the next
    /// hop, nobody here knows at which node.
    /// </summary>
    public bool MayBeElsewhere { get; private set; }

    /// <summary>Whether its hop is committed by itself, since it may be what the store cannot take.</summary>
    public bool GoesAlone { get; set; }

    /// <summary>
    /// Whoever wants to know what became of its run: told once, of the hop's kind when it is committed, null when it is
    /// dropped.
    /// </summary>
    public Action<JournalKind?>? WhenSettled { get; set; }

    /// <summary>Lets another hop take the place of the pending one, which the store did not take.</summary>
    public void Replace(PendingHop other)
    {
        MayBeElsewhere |= IsInDoubt && (Pending!.HandOverTo ?? other.HandOverTo) is not null;
        Pending = other;
    }

    public void Settled(JournalKind? kind)
    {
        Action<JournalKind?>? told = WhenSettled;
        WhenSettled = null;
        told?.Invoke(kind);
    }

    public ElementHeader ToHeader() => new(
        Id, BusinessKey, Node, Hop, ArrivedHop, Attempt, AcceptedAt, Caller?.Id, CancelRequested,
        Failure is null
            ? null
            : Members.Codecs.Failures.Opened(JsonSerializer.Deserialize(Failure, WaybillJson.Default.Failure)!));

    /// <summary>Takes note of a committed hop after which it is still owned.</summary>
    public void MovedTo(NodeAddress node, Hop hop)
    {
        Node = node;
        Hop = hop.From + 1;
        ArrivedHop = Hop;
        Attempt = 1;
        Data = hop.Data;
        Failure = hop.Failure;
        Replies = [];
        AwaitedSignal = null;
        InLine = false;
        CancelRequested = false;
        HasUnknownMembers = false;
        IsFresh = false;
        Pending = null;
        IsInDoubt = false;
        MayBeElsewhere = false;
        GoesAlone = false;
    }
}
