using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Elements;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Sidelined;

/// <summary>Retry, edit and retry, drop: one element, or a frozen selection.</summary>
internal static class SidelinedActs
{
    private delegate Task<int> Act(SidelinedFilter filter, Actor actor);

    public static void Map(RouteGroupBuilder group)
    {
        MapSelection<SelectionActBody>(group, "retry", "Sends all of a selection to their nodes again.");
        MapSelection<SelectionEditBody>(group, "edit", "Changes the data of all of a selection, and retries them.");
        MapSelection<SelectionActBody>(group, "drop", "Ends all of a selection without a result.");
        MapOne<ReasonBody>(group, "retry", "Sends a sidelined element to its node again.");
        MapOne<EditBody>(group, "edit", "Changes the data of a sidelined element, and retries it.");
        MapOne<ReasonBody>(group, "drop", "Ends a sidelined element without a result.");
    }

    private static void MapSelection<T>(RouteGroupBuilder group, string act, string summary)
        where T : notnull => group
        .MapPost(
            $"sidelined/selections/{{id:guid}}/{act}",
            (Guid id, HttpContext http, SiteClient site, Selections selections, AuditTrail audit) =>
                OnSelectionAsync(act, id, http, site, selections, audit))
        .Is(ServerRole.Operator, $"{Titled(act)}Selection", summary)
        .LooksAtScope()
        .Reads<T>()
        .Gives<CountAnswer>();

    private static void MapOne<T>(RouteGroupBuilder group, string act, string summary)
        where T : notnull => group
        .MapPost(
            $"sidelined/{{id:guid}}/{act}",
            (Guid id, HttpContext http, SiteClient site, AuditTrail audit) =>
                OnOneAsync(act, id, http, site, audit))
        .Is(ServerRole.Operator, $"{Titled(act)}Sidelined", summary)
        .LooksAtScope()
        .Reads<T>()
        .Gives<CountAnswer>();

    private static async Task<IResult> OnSelectionAsync(
        string name, Guid id, HttpContext http, SiteClient site, Selections selections, AuditTrail audit)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        SelectionEditBody body = name == "edit"
            ? await StrictJson.ReadAsync<SelectionEditBody>(http.Request, cancel: http.RequestAborted)
            : Plain(await StrictJson.ReadAsync<SelectionActBody>(http.Request, cancel: http.RequestAborted));
        Act act = ActOf(name, site, body.Patch, http.RequestAborted);
        SelectionAnswer selection = await selections.TakeAsync(id, body.Confirm, caller, http.RequestAborted);
        AuditAct audited = new($"sidelined.{name}", caller)
        {
            Reason = body.Reason,
            Target = $"selection {id}",
            Filter = JsonSerializer.SerializeToElement(selection.Filter, Answer.Options),
        };
        return Answer.Ok(new CountAnswer(await CarryOutAsync(
            audit, audited, () => act(selection.Filter.ToFilter(), caller.ToActor(body.Reason)))));
    }

    private static async Task<IResult> OnOneAsync(
        string name, Guid id, HttpContext http, SiteClient site, AuditTrail audit)
    {
        Query.Of(http);
        Caller caller = Caller.Of(http);
        (JsonElement patch, string? reason) = await BodyOfOneAsync(name, http);
        Act act = ActOf(name, site, patch, http.RequestAborted);
        await FoundElement.FindAsync(id, site, caller, http.RequestAborted);
        AuditAct audited = new($"sidelined.{name}", caller) { Reason = reason, Target = $"element {id}" };
        SidelinedFilter one = new() { Id = new ElementId(id) };
        int count = await CarryOutAsync(audit, audited, () => act(one, caller.ToActor(reason)));
        return count == 1
            ? Answer.Ok(new CountAnswer(count))
            : throw new ProblemException(ProblemType.Conflict, $"Element {id} is not sidelined (any more).");
    }

    private static async Task<(JsonElement Patch, string? Reason)> BodyOfOneAsync(string name, HttpContext http)
    {
        if (name == "edit")
        {
            EditBody edit = await StrictJson.ReadAsync<EditBody>(http.Request, cancel: http.RequestAborted);
            return (edit.Patch, edit.Reason);
        }

        ReasonBody? body = await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request, cancel: http.RequestAborted);
        return (default, body?.Reason);
    }

    private static Act ActOf(string name, SiteClient site, JsonElement patch, CancellationToken cancel) => name switch
    {
        "retry" => (filter, actor) => site.Sidelined.RetryAsync(filter, actor, cancel),
        "drop" => (filter, actor) => site.Sidelined.DropAsync(filter, actor, cancel),
        _ when patch.ValueKind == JsonValueKind.Object =>
            (filter, actor) => site.Sidelined.EditAndRetryAsync(filter, patch.GetRawText(), actor, cancel),
        _ => throw Answer.Invalid("A merge patch is a JSON object, for example {\"card\":\"4111\"}."),
    };

    private static async Task<int> CarryOutAsync(AuditTrail audit, AuditAct act, Func<Task<int>> carryOut)
    {
        try
        {
            return await audit.ActAsync(act, async () =>
            {
                int count = await carryOut();
                return (count, (long)count);
            });
        }
        catch (RouteException unfit) when (unfit.Code != "waybill.data-too-large")
        {
            throw new ProblemException(ProblemType.Unusable, unfit.Message, unfit);
        }
    }

    private static SelectionEditBody Plain(SelectionActBody body) => new(body.Confirm, default, body.Reason);

    private static string Titled(string act) => char.ToUpperInvariant(act[0]) + act[1..];
}
