using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Nodes;

/// <summary>Nodes: what waits at each, what operators say of it; pause, resume, limit.</summary>
internal static class NodeEndpoints
{
    private const string One = "nodes/{workflow}/{version:int}/{node}";

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("nodes", ListAsync)
            .Is(ServerRole.Reader, "ListNodes", "Every node with what is there, in which state, and its controls.")
            .LooksAtScope()
            .Takes([new("workflow", QueryKind.Text, "The workflow's name.")])
            .Gives<Listing<NodeAnswer>>();
        group.MapPost($"{One}/pause", (string workflow, int version, string node, HttpContext http, NodeActs acts) =>
                acts.PauseAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "PauseNode", "Stops a node in all processes; runs that have begun go on.")
            .Reads<ReasonBody>()
            .Gives<ControlAnswer>();
        group.MapPost($"{One}/resume", (string workflow, int version, string node, HttpContext http, NodeActs acts) =>
                acts.ResumeAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "ResumeNode", "Lets a paused node go on.")
            .Reads<ReasonBody>()
            .Gives<ControlAnswer>();
        group.MapPost($"{One}/limits", (string workflow, int version, string node, HttpContext http, NodeActs acts) =>
                acts.LimitAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "LimitNode", "Sets a node's limits in each process, in place of those before.")
            .Reads<LimitsBody>()
            .Gives<ControlAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, SiteClient site)
    {
        Caller caller = Caller.Of(http);
        string? workflow = caller.Narrowed(Query.Of(http).Text("workflow"));
        IReadOnlyList<NodeCount> counts = await site.Store.Directory.CountByNodeAsync(
            new ElementFilter { Workflow = workflow }, http.RequestAborted);
        Dictionary<NodeAddress, NodeControl> controls =
            (await site.Controls.ListAsync(http.RequestAborted)).ToDictionary(control => control.Node);
        return Answer.Ok(new Listing<NodeAnswer>(
            [
                .. site.Nodes.Where(node => workflow is null || node.Node.Workflow == workflow)
                    .Select(node => NodeAnswer.Of(node, site, counts, controls)),
            ],
            null));
    }
}

/// <summary>A node, and what is there.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's version.</param>
/// <param name="Node">Its name.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="ConcurrencyMax">How many runs it declares to go on at once in one process.</param>
/// <param name="Holds">Whether it is an aggregation queue.</param>
/// <param name="Elements">How many elements are there in each state.</param>
/// <param name="Control">What operators say of it; left out when nobody ever did.</param>
internal sealed record NodeAnswer(
    string Workflow, int Version, string Node, string? Purpose, int ConcurrencyMax, bool Holds,
    IReadOnlyDictionary<string, long> Elements, ControlAnswer? Control)
{
    public static NodeAnswer Of(
        NodeOutline node, SiteClient site, IReadOnlyList<NodeCount> counts,
        Dictionary<NodeAddress, NodeControl> controls) => new(
        node.Node.Workflow, node.Node.Version, node.Node.Node, node.Purpose, node.ConcurrencyMax,
        site.HeldQueues.Contains(node.Node),
        counts.Where(count => count.Node == node.Node)
            .ToDictionary(count => EndpointWords.CamelCase(count.State.ToString()), count => count.Count),
        controls.TryGetValue(node.Node, out NodeControl? control) ? ControlAnswer.Of(control) : null);
}

/// <summary>What operators say of a node.</summary>
internal sealed record ControlAnswer(
    string Workflow, int Version, string Node, bool IsPaused, int? ConcurrencyMax, double? RatePerSecond, string? By,
    string? Reason, DateTimeOffset? ChangedAt)
{
    public static ControlAnswer Of(NodeControl control) => new(
        control.Node.Workflow, control.Node.Version, control.Node.Node, control.IsPaused, control.ConcurrencyMax,
        control.RatePerSecond, control.Actor?.Name, control.Actor?.Reason, control.ChangedAt);
}

/// <summary>The limits of a node in each process that hosts it.</summary>
/// <param name="ConcurrencyMax">How many runs may go on at once, from 1; none for what the node declares.</param>
/// <param name="RatePerSecond">How many runs may begin in a second; none for what the node declares.</param>
/// <param name="Reason">Why; kept with the limits and in the audit trail.</param>
internal sealed record LimitsBody(int? ConcurrencyMax = null, double? RatePerSecond = null, string? Reason = null);
