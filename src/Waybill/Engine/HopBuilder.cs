using System.Text.Json;
using Microsoft.Extensions.Logging;
using Waybill.Definition;
using Waybill.Engine.Remote;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Turns what a run brought - a route, an error, a cancel - into the hop that the store will write.</summary>
internal sealed partial class HopBuilder(EngineContext context, HostedNodes hosted)
{
    /// <summary>What the failure of a hop is called that the store cannot take.</summary>
    public const string StoreRefused = "waybill.store-refused";

    private const int StackLengthMax = 8000;

    // Every draft is given its destination before it leaves this class.
    private static readonly Destination Undecided = new Destination.End(Ending.Failed, default, null);

    private readonly ILogger log = context.Logging.CreateLogger<HopBuilder>();
    private readonly ChangeJudge judge = new(context.Site);
    private readonly FactsWriter facts = new(context.Site);

    /// <summary>
    /// The hop of a run that returned; that of a failure when what it returned cannot be carried out.
    /// </summary>
    public PendingHop ForRoute(PlacedNode node, InFlight element, Route? route, TimeSpan worked)
    {
        if (route is FaultRoute fault)
            return ForFailure(node, element, fault.Error, worked);
        try
        {
            PendingHop pending = route switch
            {
                OnwardRoute onward => ForOnward(node, element, onward, worked),
                HoldRoute hold => new PendingHop(
                    Staying(Draft(node, element, worked, route), node, element) with
                    {
                        To = new Destination.Enqueue(SiteDefinition.SlotFor(node, hold.Data)),
                    },
                    null),
                FinishRoute finish => ForFinish(node, element, finish, worked),
                FailRoute fail => new PendingHop(
                    Draft(node, element, worked, route) with
                    {
                        To = new Destination.End(Ending.Failed, default, fail.Reason),
                        Kind = JournalKind.Failed,
                        Detail = JsonSerializer.Serialize(new(fail.Reason), WaybillJson.Default.ReasonDetail),
                    },
                    null),
                _ => throw new RouteException("waybill.no-route", $"Node \"{node.Address}\" returned no route."),
            };
            pending = pending with { Milestone = MilestoneOf(route) };
            return element.CancelRequested && !node.IsUpgrade && pending.Hop.To is not Destination.End
                ? ForCancel(node, element, pending)
                : Told(pending, element);
        }
        catch (Exception error)
        {
            return ForFailure(node, element, error, worked);
        }
    }

    /// <summary>The hop of a failed run: a retry, the node's failure route, or out of the queue.</summary>
    public PendingHop ForFailure(PlacedNode node, InFlight element, Exception error, TimeSpan worked)
    {
        Failure failure = FailureOf(node, element, error);
        string json = JsonSerializer.Serialize(failure, WaybillJson.Default.Failure);
        bool canBeMended = error is not RouteException;
        Hop draft = Draft(node, element, worked, null) with { Detail = json };

        bool mayRetry = error is not RemoteFailureException { IsFinal: true };
        if (canBeMended && mayRetry && element.Attempt <= node.Definition.RetriesMax)
        {
            TimeSpan wait = node.Definition.Backoff.After(element.Attempt, Chance(element));
            return new PendingHop(
                Staying(draft, node, element) with
                {
                    To = new Destination.Enqueue(
                        context.Site.SlotFor(node, element.Data), Delay: wait, Attempts: element.Attempt),
                    Kind = JournalKind.Retried,
                },
                null);
        }

        if (canBeMended && node.Definition.FailureNode is { } failureNode)
        {
            PlacedNode target = context.Site.Find(node.AddressOf(failureNode))!;
            return Told(
                Onto(
                    target,
                    context.Site.SlotFor(target, element.Data),
                    draft with { Kind = JournalKind.Diverted, Failure = json }),
                element);
        }

        LogSidelined(element.Id, node.Address, failure.Attempts, failure.Type, failure.Message);
        return new PendingHop(
            Staying(draft, node, element) with
            {
                To = new Destination.Sideline(node.Address, failure),
                Kind = JournalKind.Sidelined,
            },
            null);
    }

    /// <summary>The pending hop with an answer to each change that is pending at its element.</summary>
    public PendingHop ForChanges(InFlight element, PendingHop pending, IReadOnlyList<ChangeMark> changes) =>
        Told(pending.WithAnswers(judge.Answered(pending.Unanswered, changes)), element);

    /// <summary>
    /// What becomes of the pending hop when a cancel is found at its element: past the point of no return it refuses
    /// the cancel, else another takes its place and carries the cancel out.
    /// </summary>
    public PendingHop ForFoundCancel(PlacedNode node, InFlight element, PendingHop pending) => node.IsPastCancel
        ? new PendingHop(pending.Unanswered with { Cancel = CancelStance.Refuses }, pending.HandOverTo)
        {
            Milestone = pending.Milestone,
        }
        : ForCancel(node, element, pending);

    /// <summary>
    /// The hop that carries a cancel out, in place of the pending one: with the data, writes and signals of the run, if
    /// there was one, since they tell what has already happened.
    /// </summary>
    public PendingHop ForCancel(PlacedNode node, InFlight element, PendingHop? pending)
    {
        pending?.HandOverTo?.CancelReservation();
        Hop hop = (pending?.Unanswered ?? Draft(node, element, TimeSpan.Zero, null)) with
        {
            Cancel = CancelStance.CarriesOut,
            Arrives = true,
            Failure = null,
            Detail = null,
            ConsumesReplies = element.HasWaited,
            LeavesLine = element.InLine,
        };
        if (node.Workflow.Parts.CancelNode is not { } cancelNode)
        {
            hop = hop with
            {
                To = new Destination.End(Ending.Cancelled, default, "cancelled on request"),
                Kind = JournalKind.Cancelled,
            };
            return Told(new PendingHop(hop, null) { Milestone = pending?.Milestone }, element);
        }

        PlacedNode target = context.Site.Find(node.AddressOf(cancelNode))!;
        PendingHop cancelling =
            Onto(target, context.Site.SlotFor(target, hop.Data), hop with { Kind = JournalKind.Cancelling });
        return Told(cancelling with { Milestone = pending?.Milestone }, element);
    }

    private PendingHop ForOnward(PlacedNode node, InFlight element, OnwardRoute route, TimeSpan worked)
    {
        ExitCheck.Onward(node, route);
        PlacedNode target = context.Site.Find(node.AddressOf(route.Node))!;
        QueueSlot slot = SiteDefinition.SlotFor(target, route.Data);
        Hop hop = Draft(node, element, worked, route) with { Data = Write(node, element, target, route.Data) };
        if (node.IsUpgrade)
        {
            // Replies and an awaited signal belong to the node that takes the old one's place.
            return new PendingHop(
                Staying(hop, node, element) with { To = new Destination.Enqueue(slot), Kind = JournalKind.Upgraded },
                null);
        }

        return route switch
        {
            WaitRoute wait => new PendingHop(
                hop with { To = new Destination.Enqueue(slot, wait.Span, wait.Until), Kind = JournalKind.Waits }, null),
            SignalRoute signal => new PendingHop(
                hop with
                {
                    To = new Destination.AwaitSignal(slot, signal.Signal, signal.Until),
                    Kind = JournalKind.Waits,
                },
                null),
            CallsRoute calls => new PendingHop(
                hop with
                {
                    To = new Destination.Calls(
                        slot, [.. calls.Calls.Select((call, i) => Called(element, call, i))], calls.Join),
                    Kind = JournalKind.Called,
                },
                null),
            _ => Onto(target, slot, hop),
        };
    }

    private PendingHop ForFinish(PlacedNode node, InFlight element, FinishRoute route, TimeSpan worked)
    {
        ExitCheck.Finish(node, route.ResultType);
        byte[] result = Limited(context.Site.Codecs.For(node.Workflow.ResultType).Write(route.Result), node, element);
        return new PendingHop(
            Draft(node, element, worked, route) with
            {
                To = new Destination.End(Ending.Finished, result, null),
                Kind = JournalKind.Finished,
            },
            null);
    }

    /// <summary>
    /// Hands on in memory when this process hosts the node and has room; else the element goes to its queue.
    /// </summary>
    private PendingHop Onto(PlacedNode target, QueueSlot slot, Hop hop) =>
        hosted.Find(target.Address) is { } runner && runner.TryReserve()
            ? new PendingHop(hop with { To = new Destination.HandOver(target.Address) }, runner)
            : new PendingHop(hop with { To = new Destination.Enqueue(slot) }, null);

    private Hop Draft(PlacedNode node, InFlight element, TimeSpan worked, Route? route) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Node = node.Address,
        To = Undecided,
        Kind = JournalKind.Moved,
        Data = element.Data,
        Worked = worked,
        Caller = element.Caller,
        PastCancel = element.Caller is null ? [] : context.Site.PastCancel,
        ConsumesReplies = element.HasWaited,
        LeavesLine = element.InLine,
        Writes = route?.Writes ?? [],
        Members = route is null or { Members.IsEmpty: true } ? [] : [.. route.Members.Select(m => ToReply(m, node))],
        Signals = route is null or { Signals.Count: 0 } ? [] : [.. route.Signals.Select(ToDelivery)],
    };

    /// <summary>
    /// The element stays where it is: same arrival, and what it came with is kept. A pending cancel waits for the run
    /// that takes the replies in, and for the upgrade after which there is a node to cancel to.
    /// </summary>
    private static Hop Staying(Hop hop, PlacedNode node, InFlight element) => hop with
    {
        Arrives = false,
        Failure = element.Failure,
        ConsumesReplies = false,
        LeavesLine = false,
        Cancel = element.Replies.Count > 0 || node.IsUpgrade ? CancelStance.Passes : CancelStance.Yields,
    };

    private NewElement Called(InFlight caller, Call call, int index)
    {
        PlacedNode start = context.Site.StartOf(call.Workflow);
        byte[] data = context.Site.Codecs.For(call.Workflow.InputType).Write(call.Input);
        string key = call.BusinessKey ?? Names.CalledKey(caller.BusinessKey, index);
        QueueSlot slot = SiteDefinition.SlotFor(start, call.Input);
        return new NewElement(
            context.NewId(), slot, key, Limited(data, start, caller),
            FactsWriter.OfAcceptance(start, call.Input, slot))
        {
            Trace = Tracing.Below(caller),
        };
    }

    private PendingHop Told(PendingHop pending, InFlight element) =>
        pending with { Hop = facts.Told(pending.Hop, element, pending.Milestone) };

    private string? MilestoneOf(Route? route) => route?.Milestone switch
    {
        null => null,
        { DataType: { } type, Data: { } data } noted => FactsWriter.Milestone(
            noted.Text,
            DataLimit.Checked(context.Site.Codecs.For(type).Write(data), context.Options, $"milestone {noted.Text}")),
        { } noted => FactsWriter.Milestone(noted.Text, default),
    };

    private SignalDelivery ToDelivery(OutgoingSignal signal) => new(
        signal.Target,
        signal.Name,
        DataLimit.Checked(
            context.Site.Codecs.For(signal.PayloadType).Write(signal.Payload),
            context.Options,
            $"signal {signal.Name}"));

    private MemberReply ToReply(LeavingMember member, PlacedNode node)
    {
        if (member.Result is not { } result)
            return new MemberReply(member.Member, new Reply(0, Ending.Failed, default, member.Reason));
        ExitCheck.Result(node, member.ResultType!, "gave a member");
        byte[] json = DataLimit.Checked(
            context.Site.Codecs.For(node.Workflow.ResultType).Write(result),
            context.Options,
            $"the result of member {member.Member}");
        return new MemberReply(member.Member, new Reply(0, Ending.Finished, json, null));
    }

    private byte[] Write(PlacedNode from, InFlight element, PlacedNode target, object data)
    {
        JsonCodec codec = context.Site.Codecs.For(target.Definition.Node.DataType);
        byte[] json = codec.Type == from.Definition.Node.DataType
            ? codec.Rewrite(data, element.Data, element.HasUnknownMembers)
            : codec.Write(data);
        return Limited(json, from, element);
    }

    private byte[] Limited(byte[] data, PlacedNode node, InFlight element)
    {
        if (data.Length > context.Options.DataWarnBytes)
            LogLarge(element.Id, node.Address, data.Length, context.Options.DataWarnBytes);
        return data.Length <= context.Options.DataMaxBytes
            ? data
            : DataLimit.Checked(data, context.Options, $"element {element.Id} at {node.Address}");
    }

    private Failure FailureOf(PlacedNode node, InFlight element, Exception error)
    {
        string? stack = error is RemoteFailureException remote ? remote.Details : error.StackTrace;
        Failure failure = new(
            error switch
            {
                RouteException route => route.Code,
                RemoteFailureException far => far.Type,
                _ => error.GetType().FullName!,
            },
            error.Message,
            stack is { Length: > StackLengthMax } ? stack[..StackLengthMax] : stack,
            node.Address.Node,
            error is RunsDiedException died ? died.Runs : element.Attempt);
        return context.Site.IsSecretive(node.Workflow) ? context.Site.Codecs.Failures.Closed(failure) : failure;
    }

    // Spread by element and attempt, and still the same in every replay.
    private static double Chance(InFlight element) =>
        unchecked((uint)(((ulong)element.Key * 31) + (ulong)element.Attempt) * 2654435769u) / (double)uint.MaxValue;

    [LoggerMessage(
        2301, LogLevel.Error,
        "Sidelined element {Element} at {Node} after {Attempts} attempts: {Type}: {Message}")]
    private partial void LogSidelined(ElementId element, NodeAddress node, int attempts, string type, string message);

    [LoggerMessage(
        2302, LogLevel.Warning,
        "The data of element {Element} at {Node} is {Bytes} bytes, more than the {Limit} that travel well")]
    private partial void LogLarge(ElementId element, NodeAddress node, int bytes, int limit);
}
