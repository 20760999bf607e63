using Bookstore.Contracts;
using Bookstore.Domains;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>Looks up the customer and the articles, so that the order carries all that it needs from here on.</summary>
public sealed class AcceptOrder(ICustomers customers, ICatalog catalog) : INode<Order>
{
    public async ValueTask<Route> RunAsync(Element<Order> element, CancellationToken cancel)
    {
        Order order = element.Data;
        KnownCustomer? customer = await customers.FindAsync(order.CustomerId, cancel);
        if (customer is null)
            return Route.Fail($"customer {order.CustomerId} is not known");
        IReadOnlyList<string> unknown =
            await catalog.UnknownAsync([.. order.Lines.Select(line => line.Sku).Distinct()], cancel);
        return unknown.Count > 0
            ? Route.Fail($"not in the catalogue: {string.Join(", ", unknown)}")
            : Route.To(Orders.Authorise, order.Of(Domains.Customer.Of(customer))).With(Purchases.Record(order));
    }
}
