using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;

namespace Waybill.Server.Work;

/// <summary>
/// The worker protocol: nodes in any language claim elements, extend their leases, and bring what becomes of them. One
/// page tells it all: docs/worker-protocol.md.
/// </summary>
internal static class WorkEndpoints
{
    private const int ItemsMax = RemoteClaim.ElementsMax;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("work/claim", ClaimAsync)
            .Is(ServerRole.Worker, "ClaimWork", "Waits for elements of remote nodes and takes them, each on a lease.")
            .LooksAtScope()
            .Waits()
            .Reads<ClaimBody>()
            .Example("""{"worker":"robot 7","nodes":[{"workflow":"gifts","node":"wrap"}],"max":4}""")
            .Gives<ClaimAnswer>();
        group.MapPost("work/heartbeat", HeartbeatAsync)
            .Is(ServerRole.Worker, "ExtendWork", "Extends leases.")
            .LooksAtScope()
            .Reads<HeartbeatBody>()
            .Gives<WorkResults>();
        group.MapPost("work/complete", CompleteAsync)
            .Is(ServerRole.Worker, "CompleteWork", "Brings routes; answers when their hops are committed.")
            .LooksAtScope()
            .Reads<CompletionBody[]>()
            .Example("""[{"lease":"9c04e1aa.5d1f","route":{"to":"send","data":{"title":"A book"}}}]""")
            .Gives<WorkResults>();
        group.MapPost("work/fail", FailAsync)
            .Is(ServerRole.Worker, "FailWork", "Ends runs as failed; answers when that is committed.")
            .LooksAtScope()
            .Reads<FailureBody[]>()
            .Gives<WorkResults>();
    }

    private static async Task<IResult> ClaimAsync(
        HttpContext http, RemoteNodes desk, ClaimLimit limit, IHostApplicationLifetime lifetime)
    {
        Query.Of(http);
        ClaimBody body = await StrictJson.ReadAsync<ClaimBody>(http.Request, cancel: http.RequestAborted);
        Check(body.Nodes, RemoteClaim.NodesMax);
        Caller caller = Caller.Of(http);
        foreach (WorkNodeBody node in body.Nodes)
            caller.Narrowed(node.Workflow);
        using IDisposable place = limit.Enter();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            IReadOnlyList<RemoteWork> work = await desk.ClaimAsync(body.ToClaim(), over.Token);
            return Answer.Ok(new ClaimAnswer([.. work.Select(WorkAnswer.Of)]));
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The process stops: it hands out nothing more, and waits for nobody who waits.
            return Answer.Ok(new ClaimAnswer([]));
        }
        catch (RemoteClaimException refused)
        {
            throw Answer.Invalid(refused.Message);
        }
    }

    private static async Task<IResult> HeartbeatAsync(HttpContext http, RemoteNodes desk)
    {
        Query.Of(http);
        HeartbeatBody body = await StrictJson.ReadAsync<HeartbeatBody>(http.Request, cancel: http.RequestAborted);
        Check(body.Leases, ItemsMax);
        IReadOnlyList<TimeSpan?> extended = desk.Extend(body.Leases);
        return Answer.Ok(new WorkResults(
        [
            .. body.Leases.Zip(
                extended, (lease, left) => WorkResult.OfHeartbeat(lease, left, desk.IsOfAnother(lease))),
        ]));
    }

    private static async Task<IResult> CompleteAsync(HttpContext http, RemoteNodes desk)
    {
        Query.Of(http);
        CompletionBody[] items = await StrictJson.ReadAsync<CompletionBody[]>(
            http.Request, cancel: http.RequestAborted);
        Check(items, ItemsMax);
        return Answer.Ok(new WorkResults(await Task.WhenAll(items.Select(async item => WorkResult.Of(
            item.Lease, await desk.CompleteAsync(item.Lease, item.Route, http.RequestAborted))))));
    }

    private static async Task<IResult> FailAsync(HttpContext http, RemoteNodes desk)
    {
        Query.Of(http);
        FailureBody[] items = await StrictJson.ReadAsync<FailureBody[]>(http.Request, cancel: http.RequestAborted);
        Check(items, ItemsMax);
        return Answer.Ok(new WorkResults(await Task.WhenAll(items.Select(async item => WorkResult.Of(
            item.Lease, await desk.FailAsync(item.Lease, item.ToFailure(), http.RequestAborted))))));
    }

    private static void Check<T>(IReadOnlyList<T> items, int max)
    {
        if (items.Count < 1 || items.Count > max)
            throw Answer.Invalid($"The list has 1 to {max} items; this one has {items.Count}.");
    }
}
