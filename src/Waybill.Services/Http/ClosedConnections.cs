using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Http;

/// <summary>
/// Does nothing for requests whose connection was closed before they began. Kestrel keeps one token for the requests of
/// a connection, and while it completes an answer it does not let it fire: when a client has sent its next request and
/// closed the connection by then, that request would be carried out for nobody, and its token would never tell. What
/// waits for something would wait to its end, a stream of events for a quarter of an hour.
/// </summary>
internal sealed class ClosedConnections(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        IConnectionLifetimeFeature? connection = context.Features.Get<IConnectionLifetimeFeature>();
        if (connection is not { ConnectionClosed.IsCancellationRequested: true })
            return next(context);
        context.Abort();
        return Task.CompletedTask;
    }
}
