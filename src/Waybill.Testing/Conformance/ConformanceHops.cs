using System.Text;
using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>
/// The hops of the conformance suite, as an engine would make them of claimed and sidelined elements.
/// </summary>
internal static class ConformanceHops
{
    /// <summary>A hop that arrives somewhere, and so leaves its line and uses up its replies.</summary>
    public static Hop To(this ClaimedElement element, Destination to, JournalKind kind = JournalKind.Moved) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Node = element.Node,
        To = to,
        Kind = kind,
        Data = element.Data,
        Caller = element.Caller,
        ConsumesReplies = element.Replies.Count > 0 || element.AwaitedSignal is not null,
        LeavesLine = element.InLine,
    };

    public static Hop Enqueue(
        this ClaimedElement element, NodeAddress node, string? line = null, TimeSpan? delay = null,
        DateTimeOffset? due = null, int rank = 0) =>
        element.To(new Destination.Enqueue(new QueueSlot(node, rank, line), delay, due));

    public static Hop HandOver(this ClaimedElement element, NodeAddress node) =>
        element.To(new Destination.HandOver(node));

    /// <summary>A hop to the same node after a failed run: replies, line and arrival stay.</summary>
    public static Hop Retry(this ClaimedElement element, TimeSpan delay, string? line = null) =>
        element.To(
            new Destination.Enqueue(new QueueSlot(element.Node, 0, line), delay, Attempts: element.Attempt),
            JournalKind.Retried) with
        {
            Arrives = false,
            ConsumesReplies = false,
            LeavesLine = false,
        };

    public static Hop Call(this ClaimedElement element, NodeAddress resumeAt, params NewElement[] called) =>
        element.Call(JoinMode.All, new QueueSlot(resumeAt), called);

    public static Hop Call(
        this ClaimedElement element, JoinMode join, QueueSlot resumeAt, params NewElement[] called) =>
        element.To(new Destination.Calls(resumeAt, called, join), JournalKind.Called);

    public static Hop Await(
        this ClaimedElement element, string signal, NodeAddress at, DateTimeOffset? due = null, string? line = null) =>
        element.To(new Destination.AwaitSignal(new QueueSlot(at, 0, line), signal, due), JournalKind.Waits);

    public static Hop Sideline(
        this ClaimedElement element, string message = "no stock", string type = "Shop.StockException",
        QueueSlot? slot = null) =>
        element.To(
            new Destination.Sideline(
                element.Node, new Failure(type, message, "at Shop.Pick()", element.Node.Node, element.Attempt))
            {
                Slot = slot,
            },
            JournalKind.Sidelined) with
        {
            Arrives = false,
            ConsumesReplies = false,
            LeavesLine = false,
        };

    public static Hop Finish(this ClaimedElement element, string result = "{}") => element.To(
        new Destination.End(Ending.Finished, Encoding.UTF8.GetBytes(result), null), JournalKind.Finished);

    public static Hop Fail(this ClaimedElement element, string reason = "declined") => element.To(
        new Destination.End(Ending.Failed, default, reason), JournalKind.Failed);

    /// <summary>What a claimed element is after a hop that handed it over.</summary>
    public static ClaimedElement After(this ClaimedElement element, Hop hop) => element with
    {
        Node = ((Destination.HandOver)hop.To).Node,
        Hop = hop.From + 1,
        ArrivedHop = hop.From + 1,
        Attempt = 1,
        Data = hop.Data,
        Replies = [],
        AwaitedSignal = null,
        InLine = false,
    };

    /// <summary>A person's decision to run it again.</summary>
    public static Hop Retry(this SidelinedElement element, string? line = null) => element.Act(
        new Destination.Enqueue(new QueueSlot(element.Node, 0, line)), JournalKind.Resumed);

    /// <summary>A person's decision to end it.</summary>
    public static Hop Drop(this SidelinedElement element) => element.Act(
        new Destination.End(Ending.Dropped, default, "hopeless"), JournalKind.Dropped);

    public static Hop Act(this SidelinedElement element, Destination to, JournalKind kind) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Node = element.Node,
        To = to,
        Kind = kind,
        Data = element.Data,
        Caller = element.Caller,
        Arrives = false,
    };
}
