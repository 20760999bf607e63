using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Outside;
using Bookstore.Returning;

namespace Bookstore.Feeds;

/// <summary>
/// The invoices of an order file: each sale is an order, each cancellation a return of what it refers to. That
/// some customers move or name another card meanwhile is made up.
/// </summary>
public sealed class RetailFeed : IOrderFeed
{
    private readonly Chance chance;
    private readonly ChangeTrickle changes;
    private readonly List<FeedItem> items = [];
    private readonly List<RefusedRow> unmatched = [];

    public RetailFeed(RetailFile file, CatalogFile? catalog, Chance chance)
    {
        this.chance = chance;
        changes = new ChangeTrickle(chance);
        Name = catalog is null ? $"file {file.Name}" : $"file {file.Name} with catalogue {catalog.Name}";
        Articles = [.. ArticlesOf(file).Concat(catalog?.Articles ?? []).DistinctBy(article => article.Sku)];
        Customers = [.. file.Rows.Select(CustomerOf).DistinctBy(customer => customer.Id)];

        SalesLedger sales = new();
        foreach (IGrouping<string, RetailRow> invoice in file.Rows.GroupBy(row => row.Invoice))
            items.AddRange(invoice.First().IsCancellation ? ReturnsOf(invoice, sales) : [Placed(invoice, sales)]);
        Refused = [.. file.Refused.Concat(unmatched).OrderBy(row => row.Line)];
        Totals = Reconciliation.Of(file, items, unmatched.Select(row => row.Line).ToHashSet());
    }

    public string Name { get; }

    public long Count => items.Count;

    public IReadOnlyList<Article> Articles { get; }

    public IReadOnlyList<Customer> Customers { get; }

    /// <summary>Rows that could not be used, each with its line and reason.</summary>
    public IReadOnlyList<RefusedRow> Refused { get; }

    /// <summary>How the file's total is made up.</summary>
    public Reconciliation Totals { get; }

    public IEnumerable<OpeningStock> OpeningStock => items.OfType<OrderPlaced>()
        .SelectMany(placed => placed.Order.Lines)
        .GroupBy(line => line.Sku)
        .SelectMany(lines => Feeds.OpeningStock.For(lines.Key, lines.Sum(line => line.Quantity), chance));

    public IReadOnlyList<FeedItem> At(long entry) => [items[(int)entry], .. changes.At(entry, OrderAt)];

    private (string Order, string Customer)? OrderAt(long entry) =>
        items[(int)entry] is OrderPlaced { Order: { } order } ? (order.Number, order.CustomerId) : null;

    private static OrderPlaced Placed(IGrouping<string, RetailRow> invoice, SalesLedger sales)
    {
        foreach (RetailRow row in invoice)
            sales.Sold(row);
        return new OrderPlaced(new Order
        {
            Number = invoice.Key,
            CustomerId = CustomerOf(invoice.First()).Id,
            Lines = [.. invoice.Select(LineOf)],
        });
    }

    // One invoice can take back parts of several orders: each part is a return of its own.
    private IEnumerable<FeedItem> ReturnsOf(IGrouping<string, RetailRow> invoice, SalesLedger sales)
    {
        List<(string Order, RetailRow Row)> found = [];
        foreach (RetailRow row in invoice)
        {
            if (sales.TakeBack(row) is { } order)
                found.Add((order, row));
            else
                unmatched.Add(new RefusedRow(row.Line, $"{invoice.Key} cancels no sale of this file"));
        }

        return found.GroupBy(match => match.Order).Select((part, i) => new GoodsReturned(new GoodsReturn
        {
            Number = i == 0 ? invoice.Key : $"{invoice.Key}/{i + 1}",
            Order = part.Key,
            CustomerId = CustomerOf(invoice.First()).Id,
            Lines = [.. part.Select(match => LineOf(match.Row) with { Quantity = -match.Row.Quantity })],
            IsWholeOrder = sales.IsTakenBackWhole(part.Key),
        }));
    }

    private static IEnumerable<Article> ArticlesOf(RetailFile file) => file.Rows
        .GroupBy(row => row.Sku)
        .Select(rows => rows.First())
        .Select(row => new Article(row.Sku, row.Description.Length == 0 ? row.Sku : row.Description, "", row.Price));

    private static OrderLine LineOf(RetailRow row) => new(row.Sku, row.Description, row.Quantity, row.Price);

    private static Customer CustomerOf(RetailRow row) =>
        row.Customer is null ? Customer.Guest : Customer.Numbered(row.Customer, row.Country);
}
