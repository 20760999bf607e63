using Microsoft.Extensions.DependencyInjection;
using Waybill.Tracking;
using Waybill.Tracking.Hosting;
using Waybill.Tracking.Postgres;
using Waybill.Tracking.Sqlite;

namespace Bookstore;

/// <summary>Where the site's work is tracked: a file beside a SQLite site, schemas beside a PostgreSQL site.</summary>
public static class Tracks
{
    private const string SiteName = "bookstore";

    /// <summary>The tracking store of a site, to look into; it is not opened.</summary>
    public static TrackingStore StoreOf(StoreAddress site) => site.Kind == StoreKind.Sqlite
        ? new SqliteTrackingStore(FileOf(site.Place), isReadOnly: true)
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

    private static string FileOf(string databaseFile) => Path.ChangeExtension(databaseFile, ".tracking.db");
}
