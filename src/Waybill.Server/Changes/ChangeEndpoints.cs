using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Elements;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Changes;

/// <summary>Requests to change elements in flight, and the ledger of what became of them.</summary>
internal static class ChangeEndpoints
{
    private const int WaitMsMax = 60_000;

    private static readonly IReadOnlyList<QueryParameter> Parameters =
    [
        new("element", QueryKind.Id, "Addressed to this element."),
        new("reached", QueryKind.Id, "Having, or waiting for, an outcome at this element."),
        new("type", QueryKind.Text, "The type."),
        new("hasEnded", QueryKind.Truth, "True: only those with all outcomes; false: only those that are pending."),
        new("since", QueryKind.Instant, "Requested at this instant or later."),
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("elements/{id:guid}/changes", RequestAsync)
            .Is(ServerRole.Submitter, "RequestChange", "Asks for a change of an element in flight, and of its family.")
            .LooksAtScope()
            .Honours(RequestHeader.IdempotencyKey)
            .WithIdempotencyKey()
            .Reads<ChangeBody>()
            .Gives<ChangeAnswer>()
            .Gives<ChangeAnswer>(StatusCodes.Status202Accepted);
        group.MapGet("elements/{id:guid}/changes", OfElementAsync)
            .Is(ServerRole.Reader, "ListElementChanges", "The ledger of one element: what was asked of it.")
            .LooksAtScope()
            .Takes(QueryParameter.Page)
            .Gives<Listing<ChangeAnswer>>();
        group.MapGet("changes", ListAsync)
            .Is(ServerRole.Reader, "ListChanges", "The ledger, oldest request first.")
            .Takes([.. Parameters, .. QueryParameter.Page])
            .Gives<Listing<ChangeAnswer>>();
        group.MapGet("changes/count", CountAsync)
            .Is(ServerRole.Reader, "CountOutcomes", "How many outcomes of each kind the requests that match have.")
            .Takes(Parameters)
            .Gives<OutcomeCountsAnswer>();
        group.MapGet("changes/{id:guid}", FindAsync)
            .Is(ServerRole.Reader, "GetChange", "One request with all its outcomes.")
            .LooksAtScope()
            .Gives<ChangeAnswer>();
        group.MapPost("changes/{id:guid}/withdraw", WithdrawAsync)
            .Is(ServerRole.Submitter, "WithdrawChange", "Takes a request back wherever it is still pending.")
            .LooksAtScope()
            .Gives<ChangeAnswer>();
    }

    private static async Task<IResult> RequestAsync(Guid id, HttpContext http, SiteClient site, TimeProvider time)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        ChangeBody body = await StrictJson.ReadAsync<ChangeBody>(http.Request, cancel: http.RequestAborted);
        if (body.WaitMs is < 0 or > WaitMsMax)
            throw Answer.Invalid("waitMs is 0 to 60,000.");
        await FoundElement.FindAsync(id, site, caller, http.RequestAborted);
        ChangeId request = new(body.Id ?? StableId.Of(http, time));
        try
        {
            return await AskAsync(request, ElementRef.Of(new ElementId(id)), body, caller, http, site);
        }
        catch (ArgumentException unknownType)
        {
            throw Answer.Invalid(unknownType);
        }
    }

    private static async Task<IResult> AskAsync(
        ChangeId request, ElementRef element, ChangeBody body, Caller caller, HttpContext http, SiteClient site)
    {
        byte[] payload = JsonMarshal.GetRawUtf8Value(body.Payload).ToArray();
        Actor actor = caller.ToActor(body.Reason);
        if (body.WaitMs is > 0 and { } ms)
        {
            ChangeResult result = await site.Changes.ApplyJsonAsync(
                element, body.Type, payload, actor, TimeSpan.FromMilliseconds(ms), request, http.RequestAborted);
            return result.Record is { } ended
                ? Answer.Ok(ChangeAnswer.Of(Own(ended, element)) with { Result = result.Status })
                : throw FoundElement.Missing(element.Id!.Value.Value);
        }

        ChangeTicket ticket = await site.Changes.RequestJsonAsync(
            element, body.Type, payload, actor, request, http.RequestAborted);
        if (ticket.Status == ChangeReceiptStatus.NotFound)
            throw FoundElement.Missing(element.Id!.Value.Value);
        ChangeRecord taken = await site.Changes.FindAsync(ticket.Id, http.RequestAborted) ?? throw Missing(request);
        ChangeAnswer answer = ChangeAnswer.Of(Own(taken, element));
        http.Response.Headers.Location = $"/v1/changes/{ticket.Id}";
        return Answer.Of(answer, StatusCodes.Status202Accepted);
    }

    // An id that was used for another element brings that one's request, which the caller may not even be let to see.
    private static ChangeRecord Own(ChangeRecord found, ElementRef element) => found.Element == element.Id
        ? found
        : throw new ProblemException(
            ProblemType.Conflict, $"Id {found.Id} belongs to a request of another element. Take a new one.");

    private static async Task<IResult> OfElementAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        await FoundElement.FindAsync(id, site, Caller.Of(http), http.RequestAborted);
        ChangeFilter filter = new() { Target = ElementRef.Of(new ElementId(id)) };
        return Answer.Ok(Listing<ChangeAnswer>.Of(
            await site.Changes.ListAsync(filter, query.Page(), http.RequestAborted), ChangeAnswer.Of));
    }

    private static async Task<IResult> ListAsync(HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        return Answer.Ok(Listing<ChangeAnswer>.Of(
            await site.Changes.ListAsync(FilterOf(query), query.Page(), http.RequestAborted), ChangeAnswer.Of));
    }

    private static async Task<IResult> CountAsync(HttpContext http, SiteClient site)
    {
        IReadOnlyDictionary<ChangeOutcome, long> counts = await site.Changes.CountAsync(
            FilterOf(Query.Of(http)), http.RequestAborted);
        long Of(ChangeOutcome outcome) => counts.GetValueOrDefault(outcome);
        return Answer.Ok(new OutcomeCountsAnswer(
            Of(ChangeOutcome.Pending), Of(ChangeOutcome.Applied), Of(ChangeOutcome.Rejected),
            Of(ChangeOutcome.TooLate), Of(ChangeOutcome.CouldNotReach)));
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query.Of(http);
        return Answer.Ok(ChangeAnswer.Of(await ReachableAsync(new ChangeId(id), http, site)));
    }

    private static async Task<IResult> WithdrawAsync(Guid id, HttpContext http, SiteClient site)
    {
        Query.Of(http);
        ChangeId change = new(id);
        await ReachableAsync(change, http, site);
        ChangeRecord? withdrawn = await site.Changes.WithdrawAsync(change, http.RequestAborted);
        return Answer.Ok(ChangeAnswer.Of(withdrawn ?? throw Missing(change)));
    }

    private static async Task<ChangeRecord> ReachableAsync(ChangeId change, HttpContext http, SiteClient site)
    {
        ChangeRecord? found = await site.Changes.FindAsync(change, http.RequestAborted);
        return found is not null && Caller.Of(http).Reaches(found.Workflow) ? found : throw Missing(change);
    }

    private static ChangeFilter FilterOf(Query query) => new()
    {
        Target = query.Id("element") is { } element ? ElementRef.Of(new ElementId(element)) : null,
        Reached = query.Id("reached") is { } reached ? new ElementId(reached) : null,
        Type = query.Text("type"),
        HasEnded = query.Truth("hasEnded"),
        Since = query.Instant("since"),
    };

    private static ProblemException Missing(ChangeId change) =>
        Answer.NotFound($"There is no change request {change}.");
}
