using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Asynchronous;

namespace Waybill.Server.Elements;

/// <summary>Tickets, open to those who may see their elements.</summary>
internal static class TicketRouting
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        TicketRoutes tickets = routes.MapTickets();
        tickets.Read.RequireAuthorization(ServerPolicies.Reader).LooksAtScope().GivesTicket()
            .Honours(RequestHeader.Prefer, RequestHeader.IfNoneMatch)
            .AddEndpointFilter(HoldToScopeAsync);
        tickets.Cancel.RequireAuthorization(ServerPolicies.Submitter).LooksAtScope().Reads<ReasonBody>().GivesTicket()
            .AddEndpointFilter(HoldToScopeAsync);
    }

    /// <summary>What answers with a ticket.</summary>
    public static RouteHandlerBuilder GivesTicket(this RouteHandlerBuilder endpoint) => endpoint
        .Gives<TicketAnswer>(StatusCodes.Status200OK)
        .Gives<TicketAnswer>(StatusCodes.Status202Accepted)
        .WithMetadata(new TicketMetadata());

    private static async ValueTask<object?> HoldToScopeAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        Query.Of(http);
        Caller caller = Caller.Of(http);
        if (caller.IsLimited && Guid.TryParse(http.GetRouteValue("id") as string, out Guid id))
        {
            SiteClient site = (SiteClient)http.RequestServices.GetService(typeof(SiteClient))!;
            await FoundElement.FindAsync(id, site, caller, http.RequestAborted);
        }

        return await next(context);
    }
}

/// <summary>A ticket as it is written, for the description of the API.</summary>
internal sealed record TicketAnswer(
    Guid Id, string Workflow, string Key, TicketState State, DateTimeOffset? AcceptedAt, DateTimeOffset? EndedAt,
    bool? IsNew, TicketProgressAnswer? Progress, JsonElement? Result, JsonElement? Problem);

/// <summary>Where the element of a ticket is.</summary>
internal sealed record TicketProgressAnswer(int Hop, string Node, ElementState Doing, DateTimeOffset Since);
