using System.Security.Claims;
using Bookstore.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill;
using Waybill.Server;
using Waybill.Server.Callbacks;
using Waybill.Services;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;

namespace Bookstore.Http;

/// <summary>What customers do with orders: place one, ask where it is, send it elsewhere, call it off.</summary>
internal static class OrderEndpoints
{
    private static readonly TimeSpan ChangeWait = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder orders = routes.MapGroup("/shop/orders");
        orders.AddEndpointFilter(ShopProblems.AnswerAsync);
        orders.MapPost("", PlaceAsync).RequireAuthorization(ServerPolicies.Submitter).WithIdempotencyKey();
        orders.MapGet("{number}", WhereAsync).RequireAuthorization(ServerPolicies.Reader);
        orders.MapPut("{number}/address", MoveAsync).RequireAuthorization(ServerPolicies.Submitter);
        orders.MapDelete("{number}", CancelAsync).RequireAuthorization(ServerPolicies.Submitter);
    }

    private static async Task<IResult> PlaceAsync(
        HttpContext http, IOrders orders, Tickets tickets, CallbackDesk callbacks, TimeProvider time)
    {
        OrderBody body = await StrictJson.ReadAsync<OrderBody>(http.Request, cancel: http.RequestAborted);
        // The same when the request is sent again with its Idempotency-Key.
        Guid ticket = StableId.Of(http, time);
        string number = body.Number ?? $"W-{ticket.ToString("N")[16..]}";
        NewOrder order = new(number, body.Customer, body.Lines, body.Urgent, ticket);
        OrderReceipt receipt = body.Callback is { } endpoint
            ? await PlaceAndTellAsync(order, endpoint, orders, callbacks, http.RequestAborted)
            : await orders.PlaceAsync(order, http.RequestAborted);
        http.Response.Headers["Content-Location"] = $"/shop/orders/{Uri.EscapeDataString(number)}";
        return await tickets.AcceptedAsync(
            http, new TicketReceipt(new ElementId(receipt.Ticket), Orders.Workflow.Name, number, receipt.IsNew));
    }

    // Whom to tell is noted first: an order that was taken in ends with its callback, whatever dies in between.
    private static async Task<OrderReceipt> PlaceAndTellAsync(
        NewOrder order, string endpoint, IOrders orders, CallbackDesk callbacks, CancellationToken cancel)
    {
        ElementId ticket = new(order.Ticket!.Value);
        if (!await callbacks.OrderAsync(ticket, endpoint, cancel))
        {
            throw ShopProblems.Of(
                "callback-endpoint-unknown", 422,
                "There is no callback endpoint of that id. An operator registers it at /v1/callbacks/endpoints.");
        }

        try
        {
            OrderReceipt receipt = await orders.PlaceAsync(order, cancel);
            if (receipt.Ticket != ticket.Value)
                await callbacks.WithdrawAsync(ticket, cancel);
            return receipt;
        }
        catch (RefusedException)
        {
            await callbacks.WithdrawAsync(ticket, cancel);
            throw;
        }
    }

    private static async Task<IResult> WhereAsync(
        string number, HttpContext http, IOrders orders, IFulfilment fulfilment)
    {
        CancellationToken cancel = http.RequestAborted;
        OrderStanding standing = await orders.FindAsync(number, cancel) ?? throw Unknown(number);
        return TypedResults.Json(
            new OrderAnswer(
                standing, await orders.PlacesAsync(number, cancel), await fulfilment.ParcelsAsync(number, cancel)),
            StrictJson.Options);
    }

    private static async Task<IResult> MoveAsync(string number, HttpContext http, IOrders orders)
    {
        AddressBody body = await StrictJson.ReadAsync<AddressBody>(http.Request, cancel: http.RequestAborted);
        TimeSpan wait = Preferences.Of(http.Request).Wait ?? ChangeWait;
        AddressAnswer answer = await orders.ChangeAddressAsync(
            number, body.Address, AskerOf(http.User, body.Reason), (int)wait.TotalMilliseconds, http.RequestAborted);
        return answer switch
        {
            AddressAnswer.Applied => TypedResults.Json(new AnswerBody<AddressAnswer>(answer), StrictJson.Options),
            AddressAnswer.Unknown => throw Unknown(number),
            AddressAnswer.CouldNotReach => throw ShopProblems.Of(
                "could-not-reach", 409, $"Order {number} could not be reached in time; its address stays. Try again."),
            AddressAnswer.TooLate => throw ShopProblems.Of(
                "too-late", 409, $"The parcels of order {number} have left, or it has ended."),
            _ => throw ShopProblems.Of(
                "refused", 409, $"Order {number} stays as it is: not all of its parcels can follow, or the address "
                + "is empty or longer than a label."),
        };
    }

    private static async Task<IResult> CancelAsync(string number, HttpContext http, IOrders orders)
    {
        CancelAnswer answer = await orders.CancelAsync(number, AskerOf(http.User, null), http.RequestAborted);
        return answer switch
        {
            CancelAnswer.Requested or CancelAnswer.AlreadyRequested => TypedResults.Json(
                new AnswerBody<CancelAnswer>(answer), StrictJson.Options,
                statusCode: StatusCodes.Status202Accepted),
            CancelAnswer.TooLate => throw ShopProblems.Of(
                "too-late", 409, $"Order {number} has ended, or is about to."),
            _ => throw Unknown(number),
        };
    }

    private static ProblemException Unknown(string number) =>
        new(ProblemType.NotFound, $"There is no order {number} (any more).");

    private static Asker AskerOf(ClaimsPrincipal user, string? reason) =>
        new(user.Identity?.Name is { Length: > 0 } name ? name : "unnamed", reason);

    private sealed record OrderBody(
        string Customer, IReadOnlyList<NewOrderLine> Lines, string? Number = null, bool Urgent = false,
        string? Callback = null);

    private sealed record AddressBody(string Address, string? Reason = null);

    private sealed record AnswerBody<T>(T Answer);

    private sealed record OrderAnswer(
        OrderStanding Order, IReadOnlyList<WorkPlace> Places, IReadOnlyList<SentParcel> Parcels);
}
