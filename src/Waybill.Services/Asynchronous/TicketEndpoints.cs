using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Waybill.Services.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>Adds tickets to a host.</summary>
public static class TicketEndpoints
{
    /// <summary>
    /// Adds <see cref="Tickets"/>, <see cref="ElementWatch"/> (it runs with the host), and idempotency.
    /// </summary>
    /// <param name="services">The host's services, with a site.</param>
    /// <param name="setup">Changes the options.</param>
    public static IServiceCollection AddTickets(this IServiceCollection services, Action<TicketOptions>? setup = null)
    {
        TicketOptions options = new();
        setup?.Invoke(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<Tickets>();
        services.TryAddSingleton<TicketDesks>();
        services.TryAddSingleton<IdempotencyOptions>();
        services.TryAddSingleton<IdempotencyStore>();
        services.TryAddSingleton<IdempotencyDesk>();
        services.TryAddSingleton<IdempotencyFilter>();
        services.TryAddSingleton<ElementWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ElementWatch>());
        return services;
    }

    /// <summary>
    /// Serves tickets: <c>GET {path}/{id}</c> and <c>POST {path}/{id}/cancel</c>, at <see cref="TicketOptions.Path"/>.
    /// </summary>
    /// <param name="routes">Where.</param>
    /// <returns>Both routes, to say who may use them.</returns>
    public static TicketRoutes MapTickets(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        string path = routes.ServiceProvider.GetRequiredService<TicketOptions>().Path;
        RouteHandlerBuilder read = routes.MapGet(
            path + "/{id}", (string id, HttpContext context, Tickets tickets) => tickets.ReadLateAsync(context, id))
            .WithName("readTicket")
            .WithSummary("A ticket as it stands. Prefer: wait=n holds the answer back until it ends, or changes.");
        RouteHandlerBuilder cancel = routes.MapPost(
            path + "/{id}/cancel",
            async (string id, HttpContext context, Tickets tickets) =>
            {
                CancelBody? body = await StrictJson.ReadOptionalAsync<CancelBody>(context.Request);
                return await tickets.CancelAsync(context, id, body?.Reason);
            })
            .WithName("cancelTicket")
            .WithSummary("Asks what the ticket stands for, and all that it called, to cancel.");
        return new TicketRoutes(read, cancel);
    }

    private sealed record CancelBody(string? Reason = null);
}

/// <summary>The routes of tickets.</summary>
/// <param name="Read">Reads a ticket.</param>
/// <param name="Cancel">Cancels.</param>
public sealed record TicketRoutes(RouteHandlerBuilder Read, RouteHandlerBuilder Cancel);
