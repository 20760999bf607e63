using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Waybill.Services.Http;

/// <summary>
/// Ends requests whose connection was closed before they began. Kestrel gives a connection's requests one token after
/// the other, and while it completes an answer it lets none of them fire: when a client has sent its next request and
/// closed the connection by then, that request is carried out for nobody, and its token never tells. What waits for
/// something would wait to its end, a stream of events for a quarter of an hour.
/// </summary>
internal sealed class ClosedConnections(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        CancellationToken closed = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? default;
        if (closed.IsCancellationRequested)
            context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted = closed;
        return next(context);
    }
}
