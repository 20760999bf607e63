namespace Waybill.Tracking;

/// <summary>Which elements in flight are wanted; what is null or empty is not looked at.</summary>
public sealed record TrackedFilter
{
    /// <summary>All.</summary>
    public static TrackedFilter All { get; } = new();

    /// <summary>The site.</summary>
    public string? Site { get; init; }

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The workflow's version.</summary>
    public int? Version { get; init; }

    /// <summary>The node's name.</summary>
    public string? Node { get; init; }

    /// <summary>What it does there.</summary>
    public TrackedState? State { get; init; }

    /// <summary>The whole business key.</summary>
    public string? BusinessKey { get; init; }

    /// <summary>Accepted before this instant.</summary>
    public DateTimeOffset? AcceptedBefore { get; init; }

    /// <summary>In its state since before this instant.</summary>
    public DateTimeOffset? SinceBefore { get; init; }

    /// <summary>Whose personal data it has.</summary>
    public string? Subject { get; init; }

    /// <summary>
    /// Search attributes and their whole values, at most 200 characters each; numbers and truth values as JSON writes
    /// them. Personal ones cannot be looked for.
    /// </summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
}

/// <summary>By what elements are grouped.</summary>
public sealed record TrackedColumn
{
    private TrackedColumn(string sql, string? attribute = null) => (Sql, AttributeName) = (sql, attribute);

    /// <summary>By site.</summary>
    public static TrackedColumn Site { get; } = new("s.name");

    /// <summary>By the workflow's name.</summary>
    public static TrackedColumn Workflow { get; } = new("n.workflow");

    /// <summary>By the workflow's version.</summary>
    public static TrackedColumn Version { get; } = new("cast(n.version as text)");

    /// <summary>By the node's name.</summary>
    public static TrackedColumn Node { get; } = new("n.name");

    /// <summary>By state, as the name of a <see cref="TrackedState"/>.</summary>
    public static TrackedColumn State { get; } = new("cast(e.state as text)");

    internal string Sql { get; }

    internal string? AttributeName { get; }

    /// <summary>By a search attribute that is not personal.</summary>
    /// <param name="name">The attribute.</param>
    public static TrackedColumn Attribute(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new TrackedColumn("", name);
    }
}

/// <summary>How many elements share values.</summary>
/// <param name="Keys">The values, one for each column; null for an attribute that they do not have.</param>
/// <param name="Count">How many.</param>
public sealed record TrackedGroup(IReadOnlyList<string?> Keys, long Count);

/// <summary>Which elements that have ended are wanted; what is null is not looked at.</summary>
public sealed record EndedFilter
{
    /// <summary>All.</summary>
    public static EndedFilter All { get; } = new();

    /// <summary>Ended at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Ended before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The whole business key.</summary>
    public string? BusinessKey { get; init; }

    /// <summary>How it ended.</summary>
    public Ending? Ending { get; init; }
}
