using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Held;

/// <summary>What operators do with aggregation queues, audited: release, amend, drop.</summary>
internal sealed class HeldActs(SiteClient site, AuditTrail audit)
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost($"{HeldEndpoints.Queue}/release", (
                string workflow, int version, string node, HttpContext http, HeldActs acts) =>
                acts.ReleaseAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "ReleaseHeld", "Releases what matches into one batch, those held longest first.")
            .Honours(RequestHeader.IdempotencyKey)
            .WithIdempotencyKey()
            .Reads<ReleaseBody>()
            .Gives<ReleasedAnswer>();
        group.MapPost($"{HeldEndpoints.Queue}/drop", (
                string workflow, int version, string node, HttpContext http, HeldActs acts) =>
                acts.DropAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "DropHeld", "Ends what matches without a result.")
            .Reads<DropHeldBody>()
            .Gives<CountAnswer>();
        group.MapPost($"{HeldEndpoints.Queue}/amend", (
                string workflow, int version, string node, HttpContext http, HeldActs acts) =>
                acts.AmendAsync(new NodeAddress(workflow, version, node), http))
            .Is(ServerRole.Operator, "AmendHeld", "Changes the data of one held element where it is held.")
            .Reads<AmendBody>()
            .Gives<CountAnswer>();
    }

    private async Task<IResult> ReleaseAsync(NodeAddress queue, HttpContext http)
    {
        Query.Of(http);
        HeldDesk desk = HeldEndpoints.Desk(site, queue.Workflow, queue.Version, queue.Node);
        ReleaseBody body = await StrictJson.ReadAsync<ReleaseBody>(http.Request, cancel: http.RequestAborted);
        if (body.Max is < 1 or > 10_000)
            throw Answer.Invalid("A release takes 1 to 10,000 elements.");
        HeldFilter filter = body.Filter.ToFilter(desk);
        ReleasedBatch released = await CarryOutAsync(
            "held.release", desk, body.Filter, body.Reason, http,
            async actor =>
            {
                if (body.Confirm is { } confirmed)
                    await ConfirmAsync(desk, filter, confirmed, http.RequestAborted);
                ReleasedBatch batch = await desk.ReleaseAsync(filter, actor, body.Max, http.RequestAborted);
                return (batch, batch.Members);
            });
        return Answer.Ok(new ReleasedAnswer(released.Batch?.Value, released.Members));
    }

    private async Task<IResult> DropAsync(NodeAddress queue, HttpContext http)
    {
        Query.Of(http);
        HeldDesk desk = HeldEndpoints.Desk(site, queue.Workflow, queue.Version, queue.Node);
        DropHeldBody body = await StrictJson.ReadAsync<DropHeldBody>(http.Request, cancel: http.RequestAborted);
        HeldFilter filter = body.Filter.ToFilter(desk);
        int dropped = await CarryOutAsync(
            "held.drop", desk, body.Filter, body.Reason, http,
            async actor =>
            {
                await ConfirmAsync(desk, filter, body.Confirm, http.RequestAborted);
                int count = await desk.DropAsync(filter, actor, http.RequestAborted);
                return (count, count);
            });
        return Answer.Ok(new CountAnswer(dropped));
    }

    private async Task<IResult> AmendAsync(NodeAddress queue, HttpContext http)
    {
        Query.Of(http);
        HeldDesk desk = HeldEndpoints.Desk(site, queue.Workflow, queue.Version, queue.Node);
        AmendBody body = await StrictJson.ReadAsync<AmendBody>(http.Request, cancel: http.RequestAborted);
        if (body.Patch.ValueKind != JsonValueKind.Object)
            throw Answer.Invalid("A merge patch is a JSON object, for example {\"shipMethod\":\"express\"}.");
        bool isAmended = await CarryOutAsync(
            "held.amend", desk, new HeldFilterBody(Ids: [body.Id]), body.Reason, http,
            async actor =>
            {
                bool done = await desk.AmendAsync(
                    new ElementId(body.Id), body.Patch.GetRawText(), actor, http.RequestAborted);
                return (done, done ? 1 : 0);
            });
        return isAmended
            ? Answer.Ok(new CountAnswer(1))
            : throw new ProblemException(ProblemType.Conflict, $"Element {body.Id} is not held at {queue} (any more).");
    }

    private async Task<T> CarryOutAsync<T>(
        string name, HeldDesk desk, HeldFilterBody filter, string? reason, HttpContext http,
        Func<Actor, Task<(T, int)>> carryOut)
    {
        Caller caller = Caller.Of(http);
        AuditAct act = new(name, caller)
        {
            Reason = reason,
            Target = desk.Queue.ToString(),
            Filter = JsonSerializer.SerializeToElement(filter, Answer.Options),
        };
        try
        {
            return await audit.ActAsync(act, async () =>
            {
                (T result, int count) = await carryOut(caller.ToActor(reason));
                return (result, (long)count);
            });
        }
        catch (HeldQueryException wrong)
        {
            throw Answer.Invalid(wrong.Message);
        }
        catch (RouteException unfit) when (unfit.Code != "waybill.data-too-large")
        {
            throw new ProblemException(ProblemType.Unusable, unfit.Message, unfit);
        }
    }

    private static async Task ConfirmAsync(HeldDesk desk, HeldFilter filter, long confirmed, CancellationToken cancel)
    {
        long now = await desk.CountAsync(filter, cancel);
        if (now != confirmed)
        {
            throw new ProblemException(
                ServerProblems.CountChanged,
                string.Create(CultureInfo.InvariantCulture, $"Confirmed were {confirmed}, {now} match. Look again."));
        }
    }
}
