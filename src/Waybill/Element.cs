using Waybill.Engine;

namespace Waybill;

/// <summary>A self-contained unit of work, as a node's code sees it.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
public sealed class Element<TData>
{
    private readonly BatchMembers members;

    internal Element(in ElementHeader header, TData data, BatchMembers members)
    {
        Header = header;
        Data = data;
        this.members = members;
    }

    /// <summary>
    /// What it carries. Return changed data with the route; changing it in place has no effect by itself.
    /// </summary>
    public TData Data { get; }

    /// <summary>Its id.</summary>
    public ElementId Id => Header.Id;

    /// <summary>The key that the business knows it by.</summary>
    public string BusinessKey => Header.BusinessKey;

    /// <summary>Where it is.</summary>
    public NodeAddress Node => Header.Node;

    /// <summary>How often it has moved.</summary>
    public int Hop => Header.Hop;

    /// <summary>Which run at this node this is, from 1; runs that died with their process are counted.</summary>
    public int Attempt => Header.Attempt;

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset AcceptedAt => Header.AcceptedAt;

    /// <summary>The element that called it; null for one that was submitted.</summary>
    public ElementId? Caller => Header.Caller;

    /// <summary>
    /// Whether a cancel was requested while it waited for replies. The route's data is still taken, but unless the
    /// route ends the element, it goes to the workflow's cancel node (or ends as cancelled) instead.
    /// </summary>
    public bool CancelRequested => Header.CancelRequested;

    /// <summary>Why it came here, when it came along a failure route.</summary>
    public Failure? Failure => Header.Failure;

    /// <summary>
    /// <c>element id:hop of arrival</c>. The same for every run at this node until the element moves on, so an outside
    /// system that is given it can tell a repeat from a new request.
    /// </summary>
    public string IdempotencyKey => Header.IdempotencyKey;

    internal ElementHeader Header { get; }

    /// <summary>
    /// The members that it still has, oldest first, when it is a batch; none when it is not. Read from the store a page
    /// at a time, so a member that leaves meanwhile (it was cancelled) may be among them or not. Each has one place:
    /// end it alone with <see cref="Route.MemberDone{TOut}"/> or <see cref="Route.MemberFails"/>; all others get the
    /// batch's ending.
    /// </summary>
    /// <param name="cancel">Stops reading.</param>
    /// <typeparam name="TMember">The data of the members, as at the queue that released them.</typeparam>
    public IAsyncEnumerable<BatchMember<TMember>> MembersAsync<TMember>(CancellationToken cancel = default) =>
        members.ReadAsync<TMember>(Id, cancel);
}

/// <summary>What an element has besides its data.</summary>
internal readonly record struct ElementHeader(
    ElementId Id,
    string BusinessKey,
    NodeAddress Node,
    int Hop,
    int ArrivedHop,
    int Attempt,
    DateTimeOffset AcceptedAt,
    ElementId? Caller,
    bool CancelRequested,
    Failure? Failure)
{
    public string IdempotencyKey => $"{Id}:{ArrivedHop}";
}
