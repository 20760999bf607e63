namespace Waybill;

/// <summary>What a remote worker asks for.</summary>
public sealed record RemoteClaim
{
    /// <summary>How many elements one claim can bring: 100.</summary>
    public const int ElementsMax = 100;

    /// <summary>How many nodes one claim can name: 50.</summary>
    public const int NodesMax = 50;

    internal const int BytesMax = 4 * 1024 * 1024;

    /// <summary>How long one claim can wait: a minute.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    /// <summary>Who asks, for people: 1 to 100 printable characters. It stands in failures of lapsed leases.</summary>
    public required string Worker { get; init; }

    /// <summary>For which nodes: 1 to 50, taken in turn.</summary>
    public required IReadOnlyList<RemoteNodeName> Nodes { get; init; }

    /// <summary>
    /// How many elements at the most, 1 to 100; as many as it can work on at once. Their data is 4 MiB together at the
    /// most, except that one is always handed out. Default: 1.
    /// </summary>
    public int Max { get; init; } = 1;

    /// <summary>
    /// How long to wait for the first, from 1 second to 1 minute: a site claims nothing for a node until somebody
    /// waits. Default: 30 seconds.
    /// </summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    internal void Check()
    {
        bool isNamed = Worker is { Length: >= 1 and <= 100 } && !Worker.Any(char.IsControl);
        string? fault = this switch
        {
            _ when !isNamed => "A remote worker names itself with 1 to 100 printable characters.",
            { Nodes: null or { Count: < 1 or > NodesMax } } => $"A claim names 1 to {NodesMax} nodes.",
            { Max: < 1 or > ElementsMax } => $"A claim asks for 1 to {ElementsMax} elements, not {Max}.",
            _ when Wait < TimeSpan.FromSeconds(1) || Wait > WaitMax =>
                $"A claim waits from 1 second to {WaitMax.TotalSeconds:0} seconds, not {Wait.TotalSeconds:0.###}.",
            _ => null,
        };
        if (fault is not null)
            throw new RemoteClaimException(fault);
    }
}

/// <summary>A node that is run remotely, as a remote worker names it.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's version; null for all versions that have the node.</param>
/// <param name="Node">The node's name.</param>
public sealed record RemoteNodeName(string Workflow, int? Version, string Node)
{
    /// <summary><c>workflow/node</c>, or <c>workflow:version/node</c>.</summary>
    public override string ToString() => Version is null ? $"{Workflow}/{Node}" : $"{Workflow}:{Version}/{Node}";
}
