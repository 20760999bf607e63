using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Elements;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;

namespace Waybill.Server.Watching;

/// <summary>Live updates as server-sent events.</summary>
internal static class EventEndpoints
{
    private const string MediaType = "text/event-stream";
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("events", Counters)
            .Is(ServerRole.Reader, "StreamCounters", "What is at each node, each second: events `counters`.")
            .LooksAtScope()
            .Waits()
            .Produces<CountersEvent>(StatusCodes.Status200OK, MediaType);
        group.MapGet("elements/{id:guid}/events", ProgressAsync)
            .Is(
                ServerRole.Reader, "StreamElement",
                "An element's progress: events `place`, then one `ended`; `alive` when nothing happens.")
            .LooksAtScope()
            .Waits()
            .Produces<ElementAnswer>(StatusCodes.Status200OK, MediaType);
    }

    private static IResult Counters(HttpContext http, NodeCounters counters, StreamSlots slots)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        return TypedResults.ServerSentEvents(slots.BoundAsync(
            cancel => counters.ListenAsync(cancel).Select(found => Event("counters", found with
            {
                Nodes = caller.IsLimited
                    ? [.. found.Nodes.Where(node => caller.Reaches(node.Workflow))]
                    : found.Nodes,
            })),
            http.RequestAborted));
    }

    private static async Task<IResult> ProgressAsync(
        Guid id, HttpContext http, SiteClient site, ElementWatch watch, StreamSlots slots, TimeProvider time)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        await FoundElement.FindAsync(id, site, caller, http.RequestAborted);
        return TypedResults.ServerSentEvents(slots.BoundAsync(
            cancel => FollowAsync(id, caller, site, watch, time, cancel), http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        Guid id, Caller caller, SiteClient site, ElementWatch watch, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using ElementWatching watching = watch.Open(new ElementId(id), endingOnly: false);
        ElementAnswer? last = null;
        while (true)
        {
            FoundElement found = await FoundElement.FindAsync(id, site, caller, cancel);
            if (found.Ended is { } ended)
            {
                yield return Event("ended", ended);
                yield break;
            }

            ElementAnswer now = ElementAnswer.Of(found.Details!.Summary);
            yield return now == last ? new SseItem<string>("{}", "alive") : Event("place", now);
            last = now;
            await watching.WaitAsync(Pulse, time, cancel);
        }
    }

    private static SseItem<string> Event<T>(string type, T data) =>
        new(JsonSerializer.Serialize(data, Answer.Options), type);
}
