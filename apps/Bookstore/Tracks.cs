using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill;
using Waybill.Stores;
using Waybill.Tracking;
using Waybill.Tracking.Postgres;
using Waybill.Tracking.Sqlite;

namespace Bookstore;

/// <summary>Where the site's work is tracked: a file beside a SQLite site, a schema beside a PostgreSQL site.</summary>
public static class Tracks
{
    private const string SiteName = "bookstore";

    /// <summary>The file in which a SQLite site's work is tracked; the warehouse's months stand beside it.</summary>
    public static string FileOf(string databaseFile) => Path.ChangeExtension(databaseFile, ".tracking.db");

    /// <summary>Names the tracking store of a site; it is not opened.</summary>
    public static TrackingStore StoreOf(StoreAddress site, bool isReadOnly) => site.Kind == StoreKind.Sqlite
        ? new SqliteTrackingStore(FileOf(site.Place), isReadOnly)
        : new PostgresTrackingStore(site.Place);

    /// <summary>Follows the site's journal with the host.</summary>
    public static void AddTracking(this IServiceCollection services, StoreAddress site)
    {
        services.AddSingleton(_ => StoreOf(site, isReadOnly: false));
        services.AddHostedService(provider =>
        {
            TimeProvider time = provider.GetRequiredService<TimeProvider>();
            TrackingStore store = provider.GetRequiredService<TrackingStore>();
            TrackingOptions options = new();
            SiteClient client = provider.GetRequiredService<SiteClient>();
            TrackingFeed feed = new(SiteName, provider.GetRequiredService<ISiteStore>(), store, options, time)
            {
                Nodes = [.. client.RunsAtOnce.Select(node => new NodeCapacity(node.Key, node.Value))],
            };
            return new TrackingService(
                store, [feed], options, time, provider.GetRequiredService<ILogger<TrackingService>>());
        });
    }
}
