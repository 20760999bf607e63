using System.Diagnostics;

namespace Waybill.Engine;

/// <summary>
/// What is done for an element belongs to the trace that it was submitted in: W3C Trace Context, kept in the store with
/// the element. Each submission and each run is an activity of the source <c>Waybill</c>.
/// </summary>
internal static class Tracing
{
    public const string SourceName = "Waybill";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a submission, below whatever goes on; null when nobody listens.</summary>
    public static Activity? Submit(string workflow, string businessKey)
    {
        if (!Source.HasListeners())
            return null;
        Activity? activity = Source.StartActivity($"submit {workflow}", ActivityKind.Producer);
        return activity?.SetTag("waybill.workflow", workflow).SetTag("waybill.key", businessKey);
    }

    /// <summary>The trace of what goes on now, as a new element is to keep it.</summary>
    public static string? Current =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>
    /// Begins a run. Also when nobody listens here, the trace of its element goes on with whatever the run calls. A
    /// run of several elements has a trace of its own, with a link to each of theirs.
    /// </summary>
    public static Activity? Run(NodeAddress node, IReadOnlyList<InFlight> elements)
    {
        InFlight first = elements[0];
        bool isAlone = elements.Count == 1;
        if (!Source.HasListeners() && (!isAlone || first.Trace is null))
            return null;

        string name = $"run {node.Workflow}/{node.Node}";
        ActivityContext parent = isAlone ? ContextOf(first.Trace) : default;
        Activity? activity = Source.StartActivity(
            name, ActivityKind.Consumer, parent, tags: null, links: isAlone ? null : LinksTo(elements));
        if (activity is null)
            return isAlone && first.Trace is { } trace ? new Activity(name).SetParentId(trace).Start() : null;
        activity.SetTag("waybill.node", node.ToString());
        return isAlone
            ? activity.SetTag("waybill.element", first.Id.ToString()).SetTag("waybill.key", first.BusinessKey)
                .SetTag("waybill.hop", first.Hop).SetTag("waybill.attempt", first.Attempt)
            : activity.SetTag("waybill.elements", elements.Count);
    }

    /// <summary>The trace of what an element's present run calls.</summary>
    public static string? Below(InFlight caller) =>
        caller.Trace is { } trace && Activity.Current is { IdFormat: ActivityIdFormat.W3C } run
            && ContextOf(trace).TraceId == run.TraceId
                ? run.Id
                : caller.Trace;

    private static IEnumerable<ActivityLink> LinksTo(IReadOnlyList<InFlight> elements) =>
        elements.Where(element => element.Trace is not null)
            .Select(element => new ActivityLink(ContextOf(element.Trace)));

    private static ActivityContext ContextOf(string? trace) =>
        ActivityContext.TryParse(trace, traceState: null, isRemote: true, out ActivityContext context)
            ? context
            : default;
}
