using System.Globalization;
using System.Text.Json;
using Bookstore.Contracts;
using Bookstore.Ordering;
using Waybill;
using Waybill.Services;
using Waybill.Stores;

namespace Bookstore.Services;

/// <summary>The orders' service: the way into the pipeline.</summary>
public sealed class OrderService(SiteClient site, ICustomers customers, ICatalog catalog) : IOrders
{
    private const int LinesMax = 500;
    private const int PiecesMax = 10_000;
    private const int NumberMax = 200;
    private const int WaitMaxMs = 8000;

    public async Task<OrderReceipt> PlaceAsync(NewOrder order, CancellationToken cancel)
    {
        if (FaultOf(order) is { } fault)
            throw new RefusedException("bad-order", fault);
        if (await customers.FindAsync(order.Customer, cancel) is null)
            throw new RefusedException("unknown-customer", $"There is no customer \"{order.Customer}\".");
        Dictionary<string, CatalogArticle> articles =
            (await catalog.FindAllAsync([.. order.Lines.Select(line => line.Sku).Distinct()], cancel))
            .ToDictionary(article => article.Sku);
        string[] unknown =
            [.. order.Lines.Select(line => line.Sku).Where(sku => !articles.ContainsKey(sku)).Distinct()];
        if (unknown.Length > 0)
            throw new RefusedException("unknown-article", $"Not in the catalogue: {string.Join(", ", unknown)}.");

        Order placed = new()
        {
            Number = order.Number,
            CustomerId = order.Customer,
            IsUrgent = order.IsUrgent,
            Lines = [.. order.Lines.Select(line => Priced(line, articles[line.Sku]))],
        };
        Ticket ticket = await site.SubmitJsonAsync(
            Orders.Workflow.Name,
            placed.Number,
            JsonSerializer.SerializeToUtf8Bytes(placed, BookstoreJson.Options),
            order.Ticket is { } id ? new ElementId(id) : null,
            cancel);
        return new OrderReceipt(placed.Number, ticket.Id.Value, ticket.IsNew, placed.Total.Pence);
    }

    public async Task<OrderStanding?> FindAsync(string number, CancellationToken cancel)
    {
        TicketRecord? ticket = await site.Store.Tickets.FindAsync(RefOf(number), cancel);
        if (ticket is null)
            return null;
        OrderOutcome? outcome = ticket.Ending == Ending.Finished
            ? (await site.StatusAsync(Orders.Workflow, number, cancel))?.Result
            : null;
        return new OrderStanding
        {
            Number = number,
            Ticket = ticket.Id.Value,
            Stage = StageOf(ticket.Ending, outcome?.Status),
            AcceptedAt = ticket.AcceptedAt,
            EndedAt = ticket.EndedAt,
            PaidPence = outcome?.Value.Pence,
            Reason = outcome?.Reason ?? ticket.Reason,
        };
    }

    public async Task<IReadOnlyList<WorkPlace>> PlacesAsync(string number, CancellationToken cancel)
    {
        ElementDetails? order = await site.Store.Directory.FindAsync(RefOf(number), cancel);
        if (order is null)
            return [];
        List<WorkPlace> places = [];
        List<ElementSummary> level = [order.Summary];
        while (level.Count > 0)
        {
            places.AddRange(level.Select(PlaceOf));
            List<ElementSummary> called = [];
            foreach (ElementSummary caller in level.Where(element => element.State == ElementState.Calling))
                called.AddRange((await site.Store.Directory.ListAsync(
                    new ElementFilter { Caller = caller.Id }, new PageRequest(), cancel)).Items);
            level = called;
        }

        return places;
    }

    public async Task<AddressAnswer> ChangeAddressAsync(
        string number, string address, Asker asker, int waitMs, CancellationToken cancel)
    {
        TimeSpan bound = TimeSpan.FromMilliseconds(Math.Clamp(waitMs, 1, WaitMaxMs));
        ChangeResult result = await site.Changes.ApplyAsync(
            RefOf(number), CustomerChanges.Address, new AddressChange(address), ActorOf(asker), bound, cancel);
        return result.Status switch
        {
            ChangeResultStatus.Applied => AddressAnswer.Applied,
            ChangeResultStatus.PartlyApplied => AddressAnswer.PartlyApplied,
            ChangeResultStatus.Rejected => AddressAnswer.Rejected,
            ChangeResultStatus.TooLate => AddressAnswer.TooLate,
            ChangeResultStatus.CouldNotReach => AddressAnswer.CouldNotReach,
            _ => AddressAnswer.Unknown,
        };
    }

    public async Task<CancelAnswer> CancelAsync(string number, Asker asker, CancellationToken cancel) =>
        await site.CancelAsync(RefOf(number), ActorOf(asker), cancel) switch
        {
            CancelOutcome.Requested => CancelAnswer.Requested,
            CancelOutcome.AlreadyRequested => CancelAnswer.AlreadyRequested,
            CancelOutcome.TooLate => CancelAnswer.TooLate,
            _ => CancelAnswer.Unknown,
        };

    private static ElementRef RefOf(string number) => number.Length is > 0 and <= NumberMax
        ? ElementRef.Of(Orders.Workflow.Name, number)
        : throw new RefusedException("bad-order", $"An order's number has 1 to {NumberMax} characters.");

    private static Actor ActorOf(Asker asker) => string.IsNullOrWhiteSpace(asker.Name)
        ? throw new RefusedException("bad-asker", "Say who asks.")
        : new Actor(asker.Name, asker.Reason);

    private static OrderLine Priced(NewOrderLine line, CatalogArticle article) =>
        new(article.Sku, article.Title, line.Quantity, new Money(article.PricePence));

    private static WorkPlace PlaceOf(ElementSummary element) => new(
        element.BusinessKey, element.Node.Workflow, element.Node.Node,
        element.State.ToString().ToLowerInvariant(), element.MovedAt);

    private static OrderStage StageOf(Ending? ending, OrderStatus? status) => (ending, status) switch
    {
        (null, _) => OrderStage.UnderWay,
        (Ending.Finished, OrderStatus.Complete) => OrderStage.Complete,
        (Ending.Finished, OrderStatus.ShippedInPart) => OrderStage.ShippedInPart,
        (Ending.Finished, _) or (Ending.Cancelled, _) => OrderStage.Cancelled,
        _ => OrderStage.Failed,
    };

    private static string? FaultOf(NewOrder order) => order switch
    {
        { Number: "" or { Length: > NumberMax } } => $"An order's number has 1 to {NumberMax} characters.",
        _ when order.Number.Any(char.IsControl) || order.Number.Trim() != order.Number =>
            "An order's number has no control characters, and no white space at its ends.",
        { Lines.Count: 0 or > LinesMax } => $"An order has 1 to {LinesMax} lines, this one {order.Lines.Count}.",
        _ => order.Lines.FirstOrDefault(line => line.Quantity is < 1 or > PiecesMax) is { } line
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Quantity} pieces of {line.Sku} cannot be ordered: order 1 to {PiecesMax}.")
            : null,
    };
}
