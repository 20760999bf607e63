using Waybill.Stores;
using Waybill.Tracking.Postgres;
using Waybill.Tracking.Sqlite;

namespace Waybill.Tracking.Hosting;

/// <summary>Sets up tracking: its store, and the sites whose journals it follows.</summary>
public sealed class TrackingBuilder
{
    internal List<FollowedSite> Sites { get; } = [];

    internal Func<IServiceProvider, TrackingStore>? StoreFactory { get; private set; }

    /// <summary>How journals are followed; see each option's default.</summary>
    public TrackingOptions Options { get; } = new();

    /// <summary>Keeps it in a SQLite file, and the warehouse in a folder beside it.</summary>
    /// <param name="file">The file.</param>
    public TrackingBuilder UseSqlite(string file) => UseStore(_ => new SqliteTrackingStore(file));

    /// <summary>Keeps it in two schemas of a PostgreSQL database.</summary>
    /// <param name="connectionString">How Npgsql reaches the database.</param>
    /// <param name="schema">The schema; the warehouse's has <c>_warehouse</c> behind it.</param>
    public TrackingBuilder UsePostgres(string connectionString, string schema = "tracking") =>
        UseStore(_ => new PostgresTrackingStore(connectionString, schema));

    /// <summary>Says where it is kept.</summary>
    /// <param name="create">Makes the store; it is opened and disposed with the host.</param>
    public TrackingBuilder UseStore(Func<IServiceProvider, TrackingStore> create)
    {
        StoreFactory = create;
        return this;
    }

    /// <summary>Follows the journal of the site that the host itself is part of.</summary>
    /// <param name="site">The site's name in the tracking store.</param>
    public TrackingBuilder Follow(string site)
    {
        Sites.Add(new FollowedSite(site, null));
        return this;
    }

    /// <summary>Follows the journal of another site.</summary>
    /// <param name="site">The site's name in the tracking store.</param>
    /// <param name="source">Makes its store; whoever makes it opens it.</param>
    public TrackingBuilder Follow(string site, Func<IServiceProvider, ISiteStore> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Sites.Add(new FollowedSite(site, source));
        return this;
    }
}

/// <summary>A site whose journal is followed; without a source, the host's own.</summary>
internal sealed record FollowedSite(string Name, Func<IServiceProvider, ISiteStore>? Source);
