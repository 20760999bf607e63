using System.Globalization;
using Microsoft.AspNetCore.Http;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;

namespace Waybill.Server.Nodes;

/// <summary>What operators do with nodes, audited.</summary>
internal sealed class NodeActs(SiteClient site, AuditTrail audit)
{
    public async Task<IResult> PauseAsync(NodeAddress node, HttpContext http)
    {
        string? reason = await ReasonAsync(http);
        return await ActAsync(
            "nodes.pause", node, reason, http, actor => site.Controls.PauseAsync(node, actor, http.RequestAborted));
    }

    public async Task<IResult> ResumeAsync(NodeAddress node, HttpContext http)
    {
        string? reason = await ReasonAsync(http);
        return await ActAsync(
            "nodes.resume", node, reason, http, actor => site.Controls.ResumeAsync(node, actor, http.RequestAborted));
    }

    public async Task<IResult> LimitAsync(NodeAddress node, HttpContext http)
    {
        LimitsBody body = await StrictJson.ReadAsync<LimitsBody>(http.Request, cancel: http.RequestAborted);
        NodeLimits limits;
        try
        {
            limits = new NodeLimits(body.ConcurrencyMax, body.RatePerSecond);
        }
        catch (ArgumentException outOfRange)
        {
            throw Answer.Invalid(outOfRange);
        }

        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"nodes.limit concurrencyMax={body.ConcurrencyMax?.ToString(CultureInfo.InvariantCulture) ?? "declared"} ")
            + $"ratePerSecond={body.RatePerSecond?.ToString(CultureInfo.InvariantCulture) ?? "declared"}";
        return await ActAsync(
            told, node, body.Reason, http,
            actor => site.Controls.LimitAsync(node, limits, actor, http.RequestAborted));
    }

    private static async Task<string?> ReasonAsync(HttpContext http) =>
        (await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request, cancel: http.RequestAborted))?.Reason;

    private async Task<IResult> ActAsync(
        string name, NodeAddress node, string? reason, HttpContext http, Func<Actor, Task<NodeControl>> carryOut)
    {
        Query.Of(http);
        if (!site.Nodes.Any(known => known.Node == node))
            throw Answer.NotFound($"This site has no node {node}; GET /v1/nodes lists them.");
        Caller caller = Caller.Of(http);
        try
        {
            NodeControl control = await audit.ActAsync(
                new AuditAct(name, caller) { Reason = reason, Target = node.ToString() },
                async () => (await carryOut(caller.ToActor(reason)), 1L));
            return Answer.Ok(ControlAnswer.Of(control));
        }
        catch (ArgumentException mistake)
        {
            throw new ProblemException(ProblemType.Unusable, Answer.Invalid(mistake).Message, mistake);
        }
    }
}
