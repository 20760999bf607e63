using System.Text.Json;

namespace Waybill;

/// <summary>
/// Where a remote worker sends an element: <see cref="To"/> a node, <see cref="Finish"/>, or <see cref="Fail"/>.
/// Nothing of it is trusted: it is held against the node's exits, and its data against the types of the workflow.
/// </summary>
public sealed record RemoteRoute
{
    /// <summary>A declared exit; in the end of a call or a wait for a signal, where the element goes on.</summary>
    public string? To { get; init; }

    /// <summary>The data from now on, whole; needed with <see cref="To"/>.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>With <see cref="To"/>: waits there for so many seconds, from the commit.</summary>
    public double? WaitSeconds { get; init; }

    /// <summary>With <see cref="To"/>: waits there until then; with a signal: waits for it no longer.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>With <see cref="To"/>: waits for this signal and goes on there with it.</summary>
    public string? Signal { get; init; }

    /// <summary>With <see cref="To"/>: calls these workflows, 1 to 1,000, and goes on with what returns.</summary>
    public IReadOnlyList<RemoteCall>? Calls { get; init; }

    /// <summary>With <see cref="Calls"/>: when it goes on. Default: when all have returned.</summary>
    public JoinMode Join { get; init; }

    /// <summary>Ends the element with this result, of the workflow's result type.</summary>
    public JsonElement? Finish { get; init; }

    /// <summary>Ends the element without a result, for this reason; it is not retried.</summary>
    public string? Fail { get; init; }

    /// <summary>What was reached, for people who look where an element was.</summary>
    public RemoteMilestone? Milestone { get; init; }
}

/// <summary>A workflow that a remote worker calls.</summary>
/// <param name="Workflow">Its name; the node declares it.</param>
/// <param name="Input">What goes in.</param>
/// <param name="Version">Its version; null when the node declares only one.</param>
/// <param name="Key">A business key, for people. Default: the caller's key, a slash, the number of the call.</param>
public sealed record RemoteCall(string Workflow, JsonElement Input, int? Version = null, string? Key = null);

/// <summary>A milestone that a remote worker notes.</summary>
/// <param name="Text">What was reached.</param>
/// <param name="Data">What is worth knowing of it.</param>
public sealed record RemoteMilestone(string Text, JsonElement? Data = null);
