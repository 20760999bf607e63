using Microsoft.Extensions.DependencyInjection;
using Waybill.Stores;
using Waybill.Tracking;
using Waybill.Tracking.Hosting;
using Waybill.Tracking.Postgres;
using Waybill.Tracking.Sqlite;

namespace Bookstore;

/// <summary>Where the site's work is tracked: a file beside a SQLite site, schemas beside a PostgreSQL site.</summary>
public static class Tracks
{
    private const string SiteName = "bookstore";

    /// <summary>The tracking store of a site; it is not opened.</summary>
    public static TrackingStore StoreOf(StoreAddress site, bool onlyLooks = true) => site.Kind == StoreKind.Sqlite
        ? new SqliteTrackingStore(FileOf(site.Place), isReadOnly: onlyLooks)
        : new PostgresTrackingStore(site.Place);

    /// <summary>Follows the site's journal with the host.</summary>
    public static void AddTracking(this IServiceCollection services, StoreAddress site) =>
        services.AddWaybillTracking(tracking =>
        {
            tracking.Follow(SiteName);
            if (site.Kind == StoreKind.Sqlite)
                tracking.UseSqlite(FileOf(site.Place));
            else
                tracking.UsePostgres(site.Place);
        });

    /// <summary>Takes in what the site's journal still has, so that whoever looks after a run sees all of it.</summary>
    /// <param name="services">The services of a site whose own feed was stopped.</param>
    /// <param name="output">Is told when that cannot be done now.</param>
    public static async Task CatchUpAsync(IServiceProvider services, TextWriter output)
    {
        TrackingStore store = services.GetRequiredService<TrackingStore>();
        TrackingOptions options = new();
        TrackingFeed feed = new(
            SiteName, services.GetRequiredService<ISiteStore>(), store, options,
            services.GetRequiredService<TimeProvider>());
        try
        {
            await store.OpenAsync(CancellationToken.None);
            while (await feed.PumpOnceAsync(CancellationToken.None) > 0)
            {
                // Until the journal's end.
            }

            while (await store.MoveAsync(options.MoveMax, CancellationToken.None) > 0)
            {
                // Until every family that has ended is in the warehouse.
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            await output.WriteLineAsync($"Tracking is behind ({error.Message}); the next run catches up.");
        }
    }

    private static string FileOf(string databaseFile) => Path.ChangeExtension(databaseFile, ".tracking.db");
}
