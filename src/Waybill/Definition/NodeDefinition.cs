namespace Waybill.Definition;

/// <summary>
/// All that a workflow says of one node. Immutable; the defaults are those of <see cref="NodeRules{TSelf, TData}"/>.
/// </summary>
internal sealed record NodeDefinition
{
    public required Node Node { get; init; }

    public string? Purpose { get; init; }

    public Func<NodeServices, NodeCode>? BuildCode { get; init; }

    /// <summary>How long a remote worker's lease lasts; null for a node that runs here.</summary>
    public TimeSpan? RemoteLease { get; init; }

    public IReadOnlyList<Node> Exits { get; init; } = [];

    public IReadOnlyList<DeclaredCall> Calls { get; init; } = [];

    public IReadOnlyList<DeclaredSignal> Signals { get; init; } = [];

    public bool MayFinish { get; init; }

    public int RetriesMax { get; init; } = 3;

    public Backoff Backoff { get; init; } = Backoff.Exponential(TimeSpan.FromSeconds(1));

    public Node? FailureNode { get; init; }

    public int ConcurrencyMax { get; init; } = 16;

    public RateLimit? Rate { get; init; }

    public Func<object, int>? Priority { get; init; }

    public Func<object, string?>? OrderKey { get; init; }

    /// <summary>What an aggregation queue holds and releases; null for a node that runs its elements.</summary>
    public HoldDefinition? Hold { get; init; }

    /// <summary>Whether readers of the journal are asked to leave it out.</summary>
    public bool IsUntracked { get; init; }

    public TimeSpan RunTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Every node to which an element can come from here inside the workflow.</summary>
    public IEnumerable<Node> Successors =>
        Exits
            .Concat(Calls.Select(call => call.ResumesAt))
            .Concat(Signals.Select(signal => signal.ResumesAt))
            .Concat(FailureNode is null ? [] : [FailureNode])
            .Concat(Hold?.Target is { } target ? [target.ResumesAt] : []);
}

internal sealed record DeclaredCall(Workflow Workflow, Node ResumesAt);

internal sealed record DeclaredSignal(string Signal, Node ResumesAt);
