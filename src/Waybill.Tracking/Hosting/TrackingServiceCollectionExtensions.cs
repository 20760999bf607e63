using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Stores;

namespace Waybill.Tracking.Hosting;

/// <summary>Adds tracking to a host.</summary>
public static class TrackingServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="Tracker"/>, <see cref="AsideDesk"/>, <see cref="Exporter"/>, <see cref="TrackingStore"/> and a
    /// <see cref="TrackingService"/> that runs with the host. Call it after the site was added whose journal is
    /// followed.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Says where it is kept, and which sites are followed.</param>
    public static IServiceCollection AddWaybillTracking(this IServiceCollection services, Action<TrackingBuilder> setup)
    {
        TrackingBuilder builder = new();
        setup(builder);
        Func<IServiceProvider, TrackingStore> createStore = builder.StoreFactory
            ?? throw new InvalidOperationException("Tracking has no store. Call UseSqlite, UsePostgres or UseStore.");

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(createStore);
        services.AddSingleton<Tracker>();
        services.AddSingleton<AsideDesk>();
        services.AddSingleton<Exporter>();
        services.AddHostedService(provider => new TrackingService(
            provider.GetRequiredService<TrackingStore>(),
            [.. builder.Sites.Select(site => FeedOf(site, builder.Options, provider))],
            builder.Options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<TrackingService>>() ?? NullLogger<TrackingService>.Instance));
        return services;
    }

    private static TrackingFeed FeedOf(FollowedSite site, TrackingOptions options, IServiceProvider provider)
    {
        // Of another site's nodes, nobody here knows what they can do at once.
        IReadOnlyList<NodeOutline> nodes =
            site.Source is null ? provider.GetRequiredService<SiteClient>().Nodes : [];
        return new TrackingFeed(
            site.Name,
            site.Source?.Invoke(provider) ?? provider.GetRequiredService<ISiteStore>(),
            provider.GetRequiredService<TrackingStore>(),
            options,
            provider.GetRequiredService<TimeProvider>())
        {
            Nodes = [.. nodes.Select(node => new NodeCapacity(node.Node, node.ConcurrencyMax))],
        };
    }
}
