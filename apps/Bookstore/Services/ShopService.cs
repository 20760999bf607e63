using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services;

namespace Bookstore.Services;

/// <summary>One service, its types erased.</summary>
internal sealed record ShopService
{
    public required string Name { get; init; }

    /// <summary>Whether it cannot do without the site's store.</summary>
    public required bool NeedsStore { get; init; }

    /// <summary>Whether it writes there by itself.</summary>
    public required bool Writes { get; init; }

    public required Action<IServiceCollection> AddClient { get; init; }

    public required Action<IServiceCollection> AddImplementation { get; init; }

    public required Action<LocalServices, IServiceProvider> ServeLocally { get; init; }

    public required Func<IEndpointRouteBuilder, IEndpointConventionBuilder> Map { get; init; }

    public static ShopService Of<TContract, TImplementation>(string name, bool needsStore = true, bool writes = false)
        where TContract : class
        where TImplementation : class, TContract => new()
        {
            Name = name,
            NeedsStore = needsStore,
            Writes = writes,
            AddClient = services => services.AddServiceClient<TContract>(),
            AddImplementation = services => services.AddSingleton<TImplementation>(),
            ServeLocally = (local, services) =>
                local.Serve<TContract>(services.GetRequiredService<TImplementation>()),
            Map = routes => routes.MapService<TContract, TImplementation>(),
        };
}
