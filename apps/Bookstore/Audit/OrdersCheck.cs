using System.Globalization;
using System.Text.Json;
using Bookstore.Ordering;
using Bookstore.Storage;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Audit;

/// <summary>For each order: what was captured is what was shipped, and its outcome says what the books say.</summary>
internal static class OrdersCheck
{
    public static async Task<Finding> RunAsync(ISiteStore store, Database database, CancellationToken cancel)
    {
        IReadOnlyDictionary<string, OrderBooks> books = await OrderBooks.ReadAllAsync(database, cancel);
        List<TicketRecord> tickets = await Listing.AllAsync(
            page => store.Tickets.ListAsync(new TicketFilter { Workflow = Orders.Workflow.Name }, page, cancel));
        List<Fault> faults = [];
        foreach (TicketRecord ticket in tickets)
        {
            OrderBooks? own = books.GetValueOrDefault(ticket.BusinessKey);
            IEnumerable<string> wrong =
                (own?.Faults(ticket.Ending is not null) ?? []).Concat(OutcomeFaults(ticket, own));
            faults.AddRange(wrong.Select(fault => new Fault($"order {ticket.BusinessKey}", fault)));
        }

        faults.AddRange(books.Keys.Except(tickets.Select(ticket => ticket.BusinessKey))
            .Select(order => new Fault($"order {order}", "is in the books and was never accepted")));
        return new Finding("each order got what was paid, and paid for what was sent", Seen(tickets, books), faults);
    }

    private static IEnumerable<string> OutcomeFaults(TicketRecord ticket, OrderBooks? books)
    {
        if (ticket.Ending is not Ending.Finished)
            yield break;
        OrderOutcome outcome = JsonSerializer.Deserialize<OrderOutcome>(ticket.Result.Span, BookstoreJson.Options)!;
        if (outcome.Units != (books?.ShippedUnits ?? 0) || outcome.Value != (books?.ShippedValue ?? Money.Zero))
        {
            yield return $"its outcome tells of {outcome.Units} units for {outcome.Value}, the books of "
                + $"{books?.ShippedUnits ?? 0} for {books?.ShippedValue ?? Money.Zero}";
        }

        if (outcome.Parcels.Count != (books?.Parcels ?? 0)
            || outcome.Parcels.Distinct().Count() != outcome.Parcels.Count)
        {
            yield return $"its outcome names {outcome.Parcels.Count} parcel(s), the books {books?.Parcels ?? 0}";
        }

        if (outcome.Status == OrderStatus.Complete && books?.Authorised != outcome.Value)
            yield return $"it is complete with {outcome.Value}, of {books?.Authorised} authorised";
    }

    private static string Seen(List<TicketRecord> tickets, IReadOnlyDictionary<string, OrderBooks> books)
    {
        Money sent = Money.Sum(books.Values.Select(order => order.ShippedValue - order.ReturnedValue));
        Money kept = Money.Sum(books.Values.Select(order => order.Captured - order.Refunded));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tickets.Count:N0} orders, {tickets.Count(ticket => ticket.Ending is not null):N0} ended; "
            + $"{sent} shipped and not returned, {kept} captured and not refunded");
    }
}
