using Bookstore.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services;

namespace Bookstore.Services;

/// <summary>All services of the bookstore: one line for each says what it is and who carries it out.</summary>
public static class ShopServices
{
    private static readonly ShopService[] All =
    [
        ShopService.Of<ICustomers, CustomerService>("customers"),
        ShopService.Of<ICatalog, CatalogService>("catalog"),
        ShopService.Of<IInventory, InventoryService>("inventory"),
        ShopService.Of<IPayments, PaymentService>("payments", needsStore: false),
        ShopService.Of<IOrders, OrderService>("orders", writes: true),
        ShopService.Of<IFulfilment, FulfilmentService>("fulfilment"),
        ShopService.Of<IReviews, ReviewService>("reviews"),
        ShopService.Of<IRecommendations, RecommendationService>("recommendations"),
    ];

    /// <summary>The names of all services.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(service => service.Name)];

    /// <summary>Whether a service reads or writes the site's store.</summary>
    public static bool NeedsStore(string name) => All.Single(service => service.Name == name).NeedsStore;

    /// <summary>Whether a service writes to the site's store by itself.</summary>
    public static bool Writes(string name) => All.Single(service => service.Name == name).Writes;

    /// <summary>
    /// Adds a client of each service, and what carries out those that this process does not use elsewhere.
    /// </summary>
    internal static void Add(IServiceCollection services, SiteOrder order)
    {
        services.AddServiceCalls(options =>
        {
            options.Name = "bookstore";
            options.Authorization = order.ServiceKey is null ? null : $"Bearer {order.ServiceKey}";
            foreach ((string name, string address) in order.Uses.Where(use => use.Value.Length > 0))
                options.Endpoints[name] = [address];
        });
        if (order.HasRegistry)
            services.AddServiceRegistry();
        foreach (ShopService service in All)
            service.AddClient(services);
        foreach (ShopService service in LocalOf(order))
            service.AddImplementation(services);
        if (order.Serves.Contains("recommendations") || (order.HasShop && !order.Uses.ContainsKey("recommendations")))
            services.AddHostedService<RecommendationRefresher>();
    }

    /// <summary>Lets callers in this process reach what it carries out and does not serve over HTTP.</summary>
    internal static void ServeLocally(IServiceProvider services, SiteOrder order)
    {
        LocalServices local = services.GetRequiredService<LocalServices>();
        foreach (ShopService service in LocalOf(order).Where(service => !order.Serves.Contains(service.Name)))
            service.ServeLocally(local, services);
    }

    /// <summary>Serves over HTTP what the order names; its door decides who comes in.</summary>
    internal static void Map(IEndpointRouteBuilder routes, SiteOrder order)
    {
        foreach (ShopService service in All.Where(service => order.Serves.Contains(service.Name)))
            service.Map(routes).AllowAnonymous();
    }

    private static IEnumerable<ShopService> LocalOf(SiteOrder order) => All.Where(service =>
        !order.Uses.ContainsKey(service.Name) && (order.HasStore || !service.NeedsStore));
}
