namespace Waybill.Server.Work;

/// <summary>What a remote worker asks for.</summary>
/// <param name="Worker">Its name, for people.</param>
/// <param name="Nodes">For which nodes.</param>
/// <param name="Max">How many elements at the most: 1 to 100.</param>
/// <param name="WaitMs">How long to wait for the first, in milliseconds: 1,000 to 60,000.</param>
internal sealed record ClaimBody(string Worker, IReadOnlyList<WorkNodeBody> Nodes, int Max = 1, int WaitMs = 30_000)
{
    public RemoteClaim ToClaim() => new()
    {
        Worker = Worker,
        Nodes = [.. Nodes.Select(node => new RemoteNodeName(node.Workflow, node.Version, node.Node))],
        Max = Max,
        Wait = TimeSpan.FromMilliseconds(WaitMs),
    };
}

/// <summary>A node that is run remotely.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Version">The workflow's version; all versions when it is left out.</param>
internal sealed record WorkNodeBody(string Workflow, string Node, int? Version = null);

/// <summary>Leases to be extended: 1 to 100.</summary>
internal sealed record HeartbeatBody(IReadOnlyList<string> Leases);

/// <summary>What becomes of the element that was handed out on a lease.</summary>
internal sealed record CompletionBody(string Lease, RemoteRoute Route);

/// <summary>Why the work on a lease could not be done.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="Retry">Whether another run may mend it.</param>
/// <param name="Type">A stable name by which such failures are grouped.</param>
/// <param name="Details">A stack trace or the like.</param>
internal sealed record FailureBody(
    string Lease, string Reason, bool Retry = true, string? Type = null, string? Details = null)
{
    public RemoteFailure ToFailure() => new(Reason, Type, Details, Retry);
}
