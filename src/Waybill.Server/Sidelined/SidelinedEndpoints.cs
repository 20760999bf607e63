using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Sidelined;

/// <summary>Elements whose retries ran out: look, group, and freeze selections to act on.</summary>
internal static class SidelinedEndpoints
{
    private static readonly IReadOnlyList<QueryParameter> Parameters =
    [
        new("id", QueryKind.Id, "The element."),
        new("workflow", QueryKind.Text, "The workflow's name."),
        new("node", QueryKind.Text, "The node's name."),
        new("failureType", QueryKind.Text, "The whole type of the failure."),
        new("messagePart", QueryKind.Text, "A part of the failure's message; letter case counts."),
        new("sidelinedBefore", QueryKind.Instant, "Sidelined before this instant."),
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("sidelined", ListAsync)
            .Is(ServerRole.Reader, "ListSidelined", "The sidelined elements that match, with their failures and data.")
            .LooksAtScope()
            .Takes([.. Parameters, .. QueryParameter.Page])
            .Gives<Listing<SidelinedAnswer>>();
        group.MapGet("sidelined/count", CountAsync)
            .Is(ServerRole.Reader, "CountSidelined", "How many sidelined elements match, exactly.")
            .LooksAtScope()
            .Takes(Parameters)
            .Gives<CountAnswer>();
        group.MapGet("sidelined/groups", GroupAsync)
            .Is(ServerRole.Reader, "GroupSidelined", "Those that match by node and failure, the largest groups first.")
            .LooksAtScope()
            .Takes(Parameters)
            .Gives<Listing<SidelinedGroupAnswer>>();
        group.MapPost("sidelined/selections", FreezeAsync)
            .Is(ServerRole.Operator, "FreezeSelection", "Freezes what matches now, to act on it after a look.")
            .LooksAtScope()
            .Reads<SidelinedFilterBody>()
            .Gives<SelectionAnswer>(StatusCodes.Status201Created);
        SidelinedActs.Map(group);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SiteClient site)
    {
        Query query = Query.Of(http);
        Page<SidelinedElement> page = await site.Sidelined.ListAsync(
            FilterOf(query, http), query.Page(), http.RequestAborted);
        return Answer.Ok(Listing<SidelinedAnswer>.Of(page, SidelinedAnswer.Of));
    }

    private static async Task<IResult> CountAsync(HttpContext http, SiteClient site) => Answer.Ok(
        new CountAnswer(await site.Sidelined.CountAsync(FilterOf(Query.Of(http), http), http.RequestAborted)));

    private static async Task<IResult> GroupAsync(HttpContext http, SiteClient site)
    {
        IReadOnlyList<SidelinedGroup> groups = await site.Sidelined.GroupAsync(
            FilterOf(Query.Of(http), http), http.RequestAborted);
        return Answer.Ok(new Listing<SidelinedGroupAnswer>([.. groups.Select(SidelinedGroupAnswer.Of)], null));
    }

    private static async Task<IResult> FreezeAsync(HttpContext http, Selections selections, AuditTrail audit)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        SidelinedFilterBody body = await StrictJson.ReadAsync<SidelinedFilterBody>(
            http.Request, cancel: http.RequestAborted);
        SidelinedFilterBody narrowed = body with { Workflow = caller.Narrowed(body.Workflow) };
        AuditAct act = new("sidelined.freeze", caller)
        {
            Filter = JsonSerializer.SerializeToElement(narrowed, Answer.Options),
        };
        SelectionAnswer frozen = await audit.ActAsync(act, async () =>
        {
            SelectionAnswer selection = await selections.FreezeAsync(narrowed, http.RequestAborted);
            return (selection, selection.Count);
        });
        return Answer.Of(frozen, StatusCodes.Status201Created);
    }

    private static SidelinedFilter FilterOf(Query query, HttpContext http) => new()
    {
        Id = query.Id("id") is { } id ? new ElementId(id) : null,
        Workflow = Caller.Of(http).Narrowed(query.Text("workflow")),
        Node = query.Text("node"),
        FailureType = query.Text("failureType"),
        MessagePart = query.Text("messagePart"),
        SidelinedBefore = query.Instant("sidelinedBefore"),
    };
}
