using System.Diagnostics;
using System.Net;
using Waybill.Hosting;
using Waybill.Services;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>
/// Callbacks are delivered by a workflow like any other: each delivery is an element, each attempt a run in its
/// history, a delivery that was given up is sidelined.
/// </summary>
public static class CallbackWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "waybill-callbacks";

    // About two and a half days: 5 seconds, then twice as long each time, at most 8 hours.
    private const int RetriesMax = 20;

    private static readonly Node<CallbackDelivery> Deliver = new("deliver");

    internal static Workflow<CallbackDelivery, CallbackDelivered> Definition { get; } =
        Workflow<CallbackDelivery, CallbackDelivered>.Named(Name)
            .StartsAt(Deliver)
            .Node(Deliver, n => n
                .RunBy<DeliverCallback>()
                .Purpose("Tells a receiver that a ticket has ended.")
                .Finishes()
                .Concurrency(32)
                .Timeout(TimeSpan.FromMinutes(1))
                .Retry(RetriesMax, Backoff.Exponential(TimeSpan.FromSeconds(5), TimeSpan.FromHours(8))));

    /// <summary>
    /// Adds the workflow to a site. All processes of the site add it; those that run it need
    /// <see cref="CallbackServices.AddCallbacks"/> too.
    /// </summary>
    /// <param name="site">The site.</param>
    public static WaybillBuilder AddCallbacks(this WaybillBuilder site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.Add(Definition);
    }
}

/// <summary>One event that is to be delivered.</summary>
/// <param name="Endpoint">To whom.</param>
/// <param name="Ticket">Of which ticket.</param>
/// <param name="Trace">The trace in which its work was submitted; null for none.</param>
internal sealed record CallbackDelivery(string Endpoint, Guid Ticket, string? Trace = null)
{
    /// <summary>What is done meanwhile belongs to the trace of the work.</summary>
    public Activity? StartSpan() => ServiceTracing.StartBelow("callback", ActivityKind.Producer, Trace);
}

/// <summary>An event that was delivered.</summary>
/// <param name="Endpoint">To whom.</param>
/// <param name="Ticket">Of which ticket.</param>
/// <param name="Status">With which status it was answered.</param>
internal sealed record CallbackDelivered(string Endpoint, Guid Ticket, int Status);

/// <summary>Makes one attempt.</summary>
internal sealed class DeliverCallback(
    SiteClient site, CallbackDesk endpoints, CallbackSender sender, CallbackOptions options) : INode<CallbackDelivery>
{
    public async ValueTask<Route> RunAsync(Element<CallbackDelivery> element, CancellationToken cancel)
    {
        CallbackDelivery delivery = element.Data;
        CallbackRecord? endpoint = await endpoints.FindRecordAsync(delivery.Endpoint, cancel);
        if (endpoint is null)
            return Route.Fail("The endpoint was removed.");
        if (endpoint.DisabledBecause is { } reason)
            return Route.Fail($"The endpoint is disabled: {reason}");
        TicketRecord? ticket = await site.Store.Tickets.FindAsync(
            ElementRef.Of(new ElementId(delivery.Ticket)), cancel);
        if (ticket?.Ending is null)
            return Route.Fail("The ticket was forgotten; it is past its retention.");

        CallbackEvent message = CallbackEvent.Of(ticket, options.Source, delivery.Trace);
        HttpStatusCode status = await sender.SendAsync(endpoint, message, cancel);
        switch ((int)status)
        {
            case >= 200 and < 300:
                return Route.Finish(new CallbackDelivered(delivery.Endpoint, delivery.Ticket, (int)status));
            case (int)HttpStatusCode.Gone:
                await endpoints.DisableAsync(delivery.Endpoint, "it answered 410 Gone", cancel);
                return Route.Fail("The endpoint answered 410 Gone, and is disabled.");
            case >= 300 and < 400:
                throw new CallbackException($"The endpoint answered {(int)status}; redirects are not followed.");
            default:
                throw new CallbackException($"The endpoint answered {(int)status}.");
        }
    }
}
