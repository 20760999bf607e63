using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// Where an element goes next, with which data. Immutable; <see cref="With"/> and <see cref="Sending{T}"/> return a
/// copy that carries more. Nothing happens until the engine commits the route as one hop.
/// </summary>
public abstract record Route
{
    private protected Route()
    {
    }

    internal IReadOnlyList<SiteWrite> Writes { get; init; } = [];

    internal IReadOnlyList<OutgoingSignal> Signals { get; init; } = [];

    internal ImmutableList<LeavingMember> Members { get; init; } = [];

    internal NotedMilestone? Milestone { get; init; }

    /// <summary>Goes to another node of the workflow.</summary>
    /// <param name="node">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    public static Route To<TData>(Node<TData> node, TData data) => new ToRoute(Given(node), Given(data));

    /// <summary>
    /// Goes to another node and waits there until an instant; at once when that has passed. In a queue with per-key
    /// order it takes its place in the line now.
    /// </summary>
    /// <param name="node">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <param name="until">When it becomes ready, by the store's clock.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    public static Route Wait<TData>(Node<TData> node, TData data, DateTimeOffset until) =>
        new WaitRoute(Given(node), Given(data), until, null);

    /// <summary>
    /// Goes to another node and waits there for a span, measured by the store's clock from the commit.
    /// </summary>
    /// <param name="node">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <param name="span">How long; zero or less is not to wait.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    public static Route Wait<TData>(Node<TData> node, TData data, TimeSpan span) =>
        new WaitRoute(Given(node), Given(data), null, span);

    /// <summary>
    /// Waits for a signal and goes on with it at a node. A signal that came before the wait was kept and counts. When
    /// time runs out first, it goes on without one (<see cref="Replies{TReply}.TimedOut"/>).
    /// </summary>
    /// <param name="signal">What to wait for.</param>
    /// <param name="resumeAt">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <param name="until">Until when; null for as long as it takes.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    /// <typeparam name="TPayload">What the signal brings.</typeparam>
    public static Route WaitFor<TData, TPayload>(
        Signal<TPayload> signal, Node<TData, TPayload> resumeAt, TData data, DateTimeOffset? until = null) =>
        new SignalRoute(Given(signal).Name, Given(resumeAt), Given(data), until);

    /// <summary>Calls another workflow and goes on at a node with what it returns.</summary>
    /// <param name="call">What is called, from <see cref="Workflow{TIn, TOut}.Call"/>.</param>
    /// <param name="resumeAt">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    /// <typeparam name="TOut">What comes back.</typeparam>
    public static Route Call<TOut, TData>(Call<TOut> call, Node<TData, TOut> resumeAt, TData data) =>
        new CallsRoute([Given(call)], JoinMode.All, Given(resumeAt), Given(data));

    /// <summary>Calls several workflows at once and goes on at a node when they have returned.</summary>
    /// <param name="calls">What is called: 1 to 1,000; reply <c>n</c> belongs to call <c>n</c>.</param>
    /// <param name="joinAt">A declared exit.</param>
    /// <param name="data">The data from now on.</param>
    /// <param name="join">When it goes on; default: when all have returned.</param>
    /// <typeparam name="TData">What the node accepts.</typeparam>
    /// <typeparam name="TOut">What comes back from each.</typeparam>
    public static Route Fork<TOut, TData>(
        IEnumerable<Call<TOut>> calls, Node<TData, TOut> joinAt, TData data, JoinMode join = JoinMode.All)
    {
        Call[] all = [.. Given(calls)];
        return all.Length is >= 1 and <= CallsRoute.CallsMax
            ? new CallsRoute(all, join, Given(joinAt), Given(data))
            : throw new ArgumentException(
                $"A fork calls 1 to {CallsRoute.CallsMax} workflows, not {all.Length}. With none, route To the node.",
                nameof(calls));
    }

    /// <summary>Ends the element with a result, which goes to its ticket or its caller.</summary>
    /// <param name="result">Of the workflow's result type.</param>
    /// <typeparam name="TOut">The workflow's result type.</typeparam>
    public static Route Finish<TOut>(TOut result) => new FinishRoute(Given(result), typeof(TOut));

    /// <summary>Ends the element without a result. Any node may; it is not retried.</summary>
    /// <param name="reason">Why, for people and for the caller.</param>
    public static Route Fail(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new FailRoute(reason);
    }

    /// <summary>
    /// Attaches writes to the site's own store: they commit with the hop or not at all, in their order.
    /// </summary>
    /// <param name="writes">Kinds that the site's store takes.</param>
    /// <returns>A copy with the writes added.</returns>
    public Route With(params IEnumerable<SiteWrite> writes) => this with { Writes = [.. Writes, .. Given(writes)] };

    /// <summary>Sends a signal with the hop. One to an element that is not in flight is dropped.</summary>
    /// <param name="target">Which element.</param>
    /// <param name="signal">What it waits for, or will.</param>
    /// <param name="payload">What the signal brings.</param>
    /// <typeparam name="TPayload">The payload's type.</typeparam>
    /// <returns>A copy with the signal added.</returns>
    public Route Sending<TPayload>(ElementRef target, Signal<TPayload> signal, TPayload payload) =>
        this with { Signals = [.. Signals, new(target, Given(signal).Name, Given(payload), typeof(TPayload))] };

    /// <summary>
    /// Lets a member of this batch leave with the hop and go on with a result of its own, before the batch ends. One
    /// that has left already is passed over.
    /// </summary>
    /// <param name="member">Which member.</param>
    /// <param name="result">What it goes on with, of the batch workflow's result type.</param>
    /// <typeparam name="TOut">The batch workflow's result type.</typeparam>
    /// <returns>A copy with the member added.</returns>
    public Route MemberDone<TOut>(ElementId member, TOut result) =>
        this with { Members = Members.Add(new LeavingMember(member, Given(result), typeof(TOut), null)) };

    /// <summary>
    /// Lets a member of this batch leave with the hop and go on with a failure as its reply; the others stay. One that
    /// has left already is passed over.
    /// </summary>
    /// <param name="member">Which member.</param>
    /// <param name="reason">Why, for people and for the member.</param>
    /// <returns>A copy with the member added.</returns>
    public Route MemberFails(ElementId member, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return this with { Members = Members.Add(new LeavingMember(member, null, null, reason)) };
    }

    /// <summary>Notes a business milestone with the hop, for people who look where an element was.</summary>
    /// <param name="text">What was reached, for example "label printed".</param>
    /// <returns>A copy with the milestone, in place of one noted before.</returns>
    public Route Noting(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return this with { Milestone = new NotedMilestone(text, null, null) };
    }

    /// <summary>Notes a business milestone with the hop, for people who look where an element was.</summary>
    /// <param name="text">What was reached, for example "label printed".</param>
    /// <param name="data">What is worth knowing of it; kept as JSON.</param>
    /// <typeparam name="T">The data's type.</typeparam>
    /// <returns>A copy with the milestone, in place of one noted before.</returns>
    public Route Noting<T>(string text, T data)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return this with { Milestone = new NotedMilestone(text, Given(data), typeof(T)) };
    }

    [return: NotNull]
    private static T Given<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is null ? throw new ArgumentNullException(name) : value;
}

internal sealed record NotedMilestone(string Text, object? Data, Type? DataType);

internal sealed record OutgoingSignal(ElementRef Target, string Name, object Payload, Type PayloadType);

internal sealed record LeavingMember(ElementId Member, object? Result, Type? ResultType, string? Reason);

/// <summary>A route that keeps the element in its workflow.</summary>
internal abstract record OnwardRoute(Node Node, object Data) : Route;

internal sealed record ToRoute(Node Node, object Data) : OnwardRoute(Node, Data);

internal sealed record WaitRoute(Node Node, object Data, DateTimeOffset? Until, TimeSpan? Span)
    : OnwardRoute(Node, Data);

internal sealed record SignalRoute(string Signal, Node Node, object Data, DateTimeOffset? Until)
    : OnwardRoute(Node, Data);

internal sealed record CallsRoute(IReadOnlyList<Call> Calls, JoinMode Join, Node Node, object Data)
    : OnwardRoute(Node, Data)
{
    public const int CallsMax = 1000;
}

/// <summary>Holds an element that was claimed at an aggregation queue.</summary>
internal sealed record HoldRoute(object Data) : Route;

internal sealed record FinishRoute(object Result, Type ResultType) : Route;

internal sealed record FailRoute(string Reason) : Route;

/// <summary>Gives an element back to its queue in the store, unmoved.</summary>
internal sealed record GivenBackRoute : Route;

/// <summary>Stands for an element of a batch that could not be run on at all.</summary>
internal sealed record FaultRoute(Exception Error) : Route;
