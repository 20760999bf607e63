using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Elements;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>Callback endpoints and deliveries, for operators. Every act is in the audit trail.</summary>
internal static class CallbackRoutes
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("callbacks/endpoints", ListAsync)
            .Is(ServerRole.Operator, "ListCallbackEndpoints", "Who is told of tickets' ends, without secrets.")
            .Takes(QueryParameter.Page)
            .Gives<Listing<CallbackEndpoint>>();
        group.MapGet("callbacks/endpoints/count", CountAsync)
            .Is(ServerRole.Operator, "CountCallbackEndpoints", "How many endpoints there are, disabled ones too.")
            .Gives<CountAnswer>();
        group.MapPost("callbacks/endpoints", RegisterAsync)
            .Is(ServerRole.Operator, "RegisterCallbackEndpoint", "Registers an endpoint. Its secret is in the answer.")
            .Reads<NewCallbackEndpointBody>()
            .Gives<CallbackSecretShown>(StatusCodes.Status201Created);
        group.MapGet("callbacks/endpoints/{id}", FindAsync)
            .Is(ServerRole.Operator, "FindCallbackEndpoint", "One endpoint, without secrets.")
            .Gives<CallbackEndpoint>();
        group.MapPost("callbacks/endpoints/{id}/rotate", RotateAsync)
            .Is(ServerRole.Operator, "RotateCallbackSecret", "A new secret; the one before signs too for a while.")
            .Reads<ReasonBody>()
            .Gives<CallbackSecretShown>();
        group.MapPost("callbacks/endpoints/{id}/disable", DisableAsync)
            .Is(ServerRole.Operator, "DisableCallbackEndpoint", "Sends nothing more to an endpoint.")
            .Reads<ReasonBody>()
            .Gives<CallbackEndpoint>();
        group.MapPost("callbacks/endpoints/{id}/enable", EnableAsync)
            .Is(ServerRole.Operator, "EnableCallbackEndpoint", "Sends to an endpoint again.")
            .Reads<ReasonBody>()
            .Gives<CallbackEndpoint>();
        group.MapDelete("callbacks/endpoints/{id}", RemoveAsync)
            .Is(ServerRole.Operator, "RemoveCallbackEndpoint", "Forgets an endpoint and its secrets.")
            .Gives<CountAnswer>();
        group.MapGet("callbacks/deliveries/{ticket:guid}", HistoryAsync)
            .Is(ServerRole.Operator, "FindCallbackDelivery", "How a ticket's end was told: every attempt.")
            .Takes(HistoryEndpoints.Page)
            .Gives<CallbackDeliveryAnswer>();
        group.MapPost("callbacks/deliveries/{ticket:guid}/replay", ReplayAsync)
            .Is(ServerRole.Operator, "ReplayCallback", "Tells a ticket's end again, with the same event.")
            .Reads<ReasonBody>()
            .Gives<CallbackReplayAnswer>(StatusCodes.Status202Accepted)
            .Honours(RequestHeader.IdempotencyKey)
            .WithIdempotencyKey();
    }

    private static async Task<IResult> ListAsync(HttpContext http, CallbackDesk desk) => Answer.Ok(
        Listing<CallbackEndpoint>.Of(await desk.ListAsync(Query.Of(http).Page(), http.RequestAborted), each => each));

    private static async Task<IResult> CountAsync(HttpContext http, CallbackDesk desk)
    {
        Query.Of(http);
        return Answer.Ok(new CountAnswer(await desk.CountAsync(http.RequestAborted)));
    }

    private static async Task<IResult> FindAsync(string id, HttpContext http, CallbackDesk desk)
    {
        Query.Of(http);
        return Answer.Ok(await desk.FindAsync(id, http.RequestAborted) ?? throw Missing());
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, CallbackDesk desk, AuditTrail audit)
    {
        Query.Of(http);
        NewCallbackEndpointBody body = await StrictJson.ReadAsync<NewCallbackEndpointBody>(
            http.Request, cancel: http.RequestAborted);
        try
        {
            CallbackSecretShown shown = await audit.ActAsync(
                Act(http, "callback-endpoint.register", body.Url, body.Reason),
                async () => (await desk.RegisterAsync(body.Name, body.Url, http.RequestAborted), 1L));
            http.Response.Headers.Location = $"{http.Request.Path}/{shown.Endpoint.Id}";
            return Shown(http, shown, StatusCodes.Status201Created);
        }
        catch (ArgumentException mistake)
        {
            throw Answer.Invalid(mistake);
        }
    }

    private static async Task<IResult> RotateAsync(string id, HttpContext http, CallbackDesk desk, AuditTrail audit) =>
        Shown(
            http,
            await ActAsync(http, audit, "rotate", id, _ => desk.RotateAsync(id, http.RequestAborted)),
            StatusCodes.Status200OK);

    private static async Task<IResult> DisableAsync(string id, HttpContext http, CallbackDesk desk, AuditTrail audit) =>
        Answer.Ok(await ActAsync(http, audit, "disable", id, reason => desk.DisableAsync(
            id, string.IsNullOrWhiteSpace(reason) ? "an operator disabled it" : reason, http.RequestAborted)));

    private static async Task<IResult> EnableAsync(string id, HttpContext http, CallbackDesk desk, AuditTrail audit) =>
        Answer.Ok(await ActAsync(http, audit, "enable", id, _ => desk.EnableAsync(id, http.RequestAborted)));

    private static async Task<IResult> RemoveAsync(string id, HttpContext http, CallbackDesk desk, AuditTrail audit) =>
        Answer.Ok(await ActAsync(http, audit, "remove", id, async _ =>
            await desk.RemoveAsync(id, http.RequestAborted) ? new CountAnswer(1) : null));

    private static async Task<IResult> HistoryAsync(Guid ticket, HttpContext http, CallbackDesk desk)
    {
        HistoryPageRequest page = HistoryEndpoints.PageOf(Query.Of(http));
        return Answer.Ok(await desk.HistoryAsync(new ElementId(ticket), page, http.RequestAborted)
            ?? throw Answer.NotFound($"Nobody was told of the end of ticket {ticket}."));
    }

    private static async Task<IResult> ReplayAsync(
        Guid ticket, HttpContext http, CallbackDesk desk, AuditTrail audit, TimeProvider time)
    {
        Query.Of(http);
        string? reason = (await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request))?.Reason;
        Guid replay = StableId.Of(http, time);
        ElementId? delivery = await audit.ActAsync(
            Act(http, "callback.replay", ticket.ToString(), reason),
            async () =>
            {
                ElementId? made = await desk.ReplayAsync(
                    new ElementId(ticket), replay, Caller.Of(http).ToActor(reason), http.RequestAborted);
                return (made, made is null ? 0L : 1L);
            });
        return delivery is null
            ? throw Answer.NotFound($"Nobody was told of the end of ticket {ticket}, so there is nothing to replay.")
            : Answer.Of(new CallbackReplayAnswer(ticket, delivery.Value.Value), StatusCodes.Status202Accepted);
    }

    private static async Task<T> ActAsync<T>(
        HttpContext http, AuditTrail audit, string act, string id, Func<string?, Task<T?>> carryOut)
        where T : class
    {
        Query.Of(http);
        string? reason = (await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request))?.Reason;
        return await audit.ActAsync(Act(http, $"callback-endpoint.{act}", id, reason), async () =>
        {
            T? result = await carryOut(reason);
            return (result, result is null ? 0L : 1L);
        }) ?? throw Missing();
    }

    private static AuditAct Act(HttpContext http, string name, string target, string? reason) =>
        new(name, Caller.Of(http)) { Target = target, Reason = reason };

    private static IResult Shown(HttpContext http, CallbackSecretShown shown, int status)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Answer.Of(shown, status);
    }

    private static ProblemException Missing() => Answer.NotFound("There is no such callback endpoint.");
}

/// <summary>An endpoint that is to be registered.</summary>
/// <param name="Name">What people call it: 1 to 100 characters.</param>
/// <param name="Url">Where it is, <c>https:</c>.</param>
/// <param name="Reason">Why; kept in the audit trail.</param>
internal sealed record NewCallbackEndpointBody(string Name, string Url, string? Reason = null);

/// <summary>A replay that was begun.</summary>
/// <param name="Ticket">Of which ticket.</param>
/// <param name="Delivery">The delivery's element.</param>
internal sealed record CallbackReplayAnswer(Guid Ticket, Guid Delivery);

/// <summary>How a ticket's end was told.</summary>
/// <param name="Ticket">Which ticket.</param>
/// <param name="Delivery">The delivery's element.</param>
/// <param name="Ending">How the delivery ended; left out while it goes on, or waits for a person.</param>
/// <param name="Attempts">Attempts that failed, and the last one, oldest first.</param>
/// <param name="Next">Give it as <c>after</c> for later attempts; left out when these were the last.</param>
internal sealed record CallbackDeliveryAnswer(
    Guid Ticket, Guid Delivery, Ending? Ending, IReadOnlyList<CallbackAttemptAnswer> Attempts, string? Next);

/// <summary>One attempt.</summary>
/// <param name="At">When.</param>
/// <param name="What">What it came to: retried, sidelined, finished, failed; resumed when a person replayed it.</param>
/// <param name="Reason">Why it failed.</param>
internal sealed record CallbackAttemptAnswer(DateTimeOffset At, JournalKind What, string? Reason);
