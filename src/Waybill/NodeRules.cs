using Waybill.Definition;

namespace Waybill;

/// <summary>
/// What every kind of node can declare. Each method returns the same object, so that calls can be chained.
/// </summary>
/// <typeparam name="TSelf">The kind of setup.</typeparam>
/// <typeparam name="TData">The node's data.</typeparam>
public abstract class NodeRules<TSelf, TData>
    where TSelf : NodeRules<TSelf, TData>
{
    private protected NodeRules(Node node) => Draft = new NodeDefinition { Node = node };

    internal NodeDefinition Draft { get; private set; }

    /// <summary>One sentence that says what the node is for; printed with the pipeline.</summary>
    /// <param name="sentence">The sentence.</param>
    public TSelf Purpose(string sentence) => Set(Draft with { Purpose = sentence });

    /// <summary>Declares nodes that it may route to, with <c>To</c> or <c>Wait</c>.</summary>
    /// <param name="nodes">Nodes of the same workflow.</param>
    public TSelf GoesTo(params Node[] nodes) => Set(Draft with { Exits = [.. Draft.Exits, .. nodes] });

    /// <summary>Declares a workflow that it may call or fork, and where the element then goes on.</summary>
    /// <param name="workflow">What is called.</param>
    /// <param name="resumesAt">Where the element goes on with the replies.</param>
    /// <typeparam name="TIn">What goes in.</typeparam>
    /// <typeparam name="TOut">What comes back.</typeparam>
    /// <typeparam name="TResume">The data at the node that goes on.</typeparam>
    public TSelf Calls<TIn, TOut, TResume>(Workflow<TIn, TOut> workflow, Node<TResume, TOut> resumesAt) =>
        Set(Draft with { Calls = [.. Draft.Calls, new DeclaredCall(workflow, resumesAt)] });

    /// <summary>Declares a signal that it may wait for, and where the element then goes on.</summary>
    /// <param name="signal">What it waits for.</param>
    /// <param name="resumesAt">Where the element goes on with the signal, or without it when time ran out.</param>
    /// <typeparam name="TPayload">What the signal brings.</typeparam>
    /// <typeparam name="TResume">The data at the node that goes on.</typeparam>
    public TSelf WaitsFor<TPayload, TResume>(Signal<TPayload> signal, Node<TResume, TPayload> resumesAt) =>
        Set(Draft with { Signals = [.. Draft.Signals, new DeclaredSignal(signal.Name, resumesAt)] });

    /// <summary>Declares that elements may finish here.</summary>
    public TSelf Finishes() => Set(Draft with { MayFinish = true });

    /// <summary>How failed runs are retried. Default: 3 times, exponential backoff from 1 second.</summary>
    /// <param name="times">How many runs may follow the first; 0 for none.</param>
    /// <param name="backoff">How long each waits.</param>
    public TSelf Retry(int times, Backoff backoff)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        ArgumentNullException.ThrowIfNull(backoff);
        return Set(Draft with { RetriesMax = times, Backoff = backoff });
    }

    /// <summary>
    /// The failure route: where an element goes when its retries have run out, with the data that it had. Default: it
    /// is sidelined. Faults that no retry and no business route can mend (unreadable data, an undeclared exit)
    /// sideline it in any case.
    /// </summary>
    /// <param name="node">A node of the same workflow and data.</param>
    public TSelf FailsTo(Node<TData> node) => Set(Draft with { FailureNode = node });

    /// <summary>
    /// How many runs may go on at once in one process; in three processes, up to three times as many. Default: 16.
    /// </summary>
    /// <param name="runs">From 1.</param>
    public TSelf Concurrency(int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        return Set(Draft with { ConcurrencyMax = runs });
    }

    /// <summary>
    /// How many runs may begin in a span, in one process: a token bucket that holds at most <paramref name="runs"/>.
    /// Processes do not share it: for a limit that all keep together, divide by how many there are, or host the node in
    /// one of them (<see cref="SiteOptions.HostedNodes"/>). Default: no limit.
    /// </summary>
    /// <param name="runs">From 1.</param>
    /// <param name="per">The span.</param>
    public TSelf RateLimit(int runs, TimeSpan per)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(per, TimeSpan.Zero);
        return Set(Draft with { Rate = new RateLimit(runs, per) });
    }

    /// <summary>
    /// Which of the waiting elements go first: the highest number, then the oldest element. What a process has taken
    /// into memory already, about a second's work at the most, goes before. Default: 0 for all.
    /// </summary>
    /// <param name="priority">The number, from the data with which an element comes here.</param>
    public TSelf Priority(Func<TData, int> priority) => Set(Draft with { Priority = data => priority((TData)data) });

    /// <summary>
    /// Keeps the elements of one key in the order of their hops to this node: the next is claimed when the one before
    /// has left the node, also past retries, waits and sidelining. Such a node always takes its elements from the
    /// store.
    /// </summary>
    /// <param name="key">The key, from the data with which an element comes here; null for one without order.</param>
    public TSelf OrderedBy(Func<TData, string?> key) => Set(Draft with { OrderKey = data => key((TData)data) });

    /// <summary>
    /// How long one run may take; then its token is cancelled, and 5 seconds later it is given up and counts as failed
    /// even if its code goes on. Default: 1 minute. Checked four times a second.
    /// </summary>
    /// <param name="limit">More than zero.</param>
    public TSelf Timeout(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return Set(Draft with { RunTimeMax = limit });
    }

    /// <summary>
    /// Asks readers of the journal to leave this node out: tracking shows elements where they were before. Milestones
    /// that are noted on the way here are told all the same.
    /// </summary>
    public TSelf Untracked() => Set(Draft with { IsUntracked = true });

    internal NodeDefinition ToDefinition() => Draft;

    private protected TSelf Set(NodeDefinition draft)
    {
        Draft = draft;
        return (TSelf)this;
    }
}
