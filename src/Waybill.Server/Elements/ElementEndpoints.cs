using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Elements;

/// <summary>Elements in flight: filter, page, count, one with its history, cancel.</summary>
internal static class ElementEndpoints
{
    private const int HistoryMax = 1000;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("elements", ListAsync)
            .Is(ServerRole.Reader, "ListElements", "The elements in flight that match, oldest first.")
            .LooksAtScope()
            .Takes([.. ElementQuery.Parameters, .. QueryParameter.Page])
            .Gives<Listing<ElementAnswer>>();
        group.MapGet("elements/count", CountAsync)
            .Is(ServerRole.Reader, "CountElements", "How many elements in flight match, exactly.")
            .LooksAtScope()
            .Takes(ElementQuery.Parameters)
            .Gives<CountAnswer>();
        group.MapGet("elements/{id:guid}", FindAsync)
            .Is(ServerRole.Reader, "GetElement", "One element with its data, its ending and its history.")
            .LooksAtScope()
            .Gives<ElementDetailsAnswer>();
        HistoryEndpoints.Map(group);
        group.MapPost("elements/{id:guid}/cancel", CancelAsync)
            .Is(ServerRole.Submitter, "CancelElement", "Asks an element, and all that it called, to cancel.")
            .LooksAtScope()
            .Reads<ReasonBody>()
            .Gives<CancelAnswer>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        ElementFilter filter = ElementQuery.Of(query, Caller.Of(http));
        Page<ElementSummary> page = await site.Store.Directory.ListAsync(filter, query.Page(), http.RequestAborted);
        return Answer.Ok(Listing<ElementAnswer>.Of(page, ElementAnswer.Of));
    }

    private static async Task<IResult> CountAsync(HttpContext http, SiteClient site)
    {
        ElementFilter filter = ElementQuery.Of(Query.Of(http), Caller.Of(http));
        return Answer.Ok(new CountAnswer(await site.Store.Directory.CountAsync(filter, http.RequestAborted)));
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query.Of(http);
        FoundElement found = await FoundElement.FindAsync(id, site, Caller.Of(http), http.RequestAborted);
        HistoryPage history = await site.Store.Journal.HistoryAsync(
            new HistoryFilter(new ElementId(id)), new HistoryPageRequest(HistoryMax), http.RequestAborted);
        ElementDetails? details = found.Details;
        return Answer.Ok(new ElementDetailsAnswer(
            id,
            details is null ? null : ElementAnswer.Of(details.Summary),
            details is null ? null : Answer.Data(details.Data),
            details?.Due,
            details?.AwaitedSignal,
            details?.PendingCalls,
            details?.Batch?.Value,
            found.Ended,
            [.. history.Items.Select(HistoryAnswer.Of)],
            history.Next is not null,
            HistoryEndpoints.Text(history.Next)));
    }

    private static async Task<IResult> CancelAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        ReasonBody body = await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request, cancel: http.RequestAborted)
            ?? new ReasonBody();
        await FoundElement.FindAsync(id, site, caller, http.RequestAborted);
        CancelOutcome outcome = await site.CancelAsync(
            ElementRef.Of(new ElementId(id)), caller.ToActor(body.Reason), http.RequestAborted);
        return outcome switch
        {
            CancelOutcome.NotFound => throw FoundElement.Missing(id),
            CancelOutcome.TooLate => throw new ProblemException(
                ProblemType.Conflict, $"Element {id} has ended, or has passed the point of no return."),
            _ => Answer.Of(new CancelAnswer(id, outcome), StatusCodes.Status202Accepted),
        };
    }
}

/// <summary>What became of the wish to cancel; the ledger tells the rest.</summary>
internal sealed record CancelAnswer(Guid Id, CancelOutcome Outcome);
