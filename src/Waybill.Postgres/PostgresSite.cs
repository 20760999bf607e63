using Waybill.Hosting;

namespace Waybill.Postgres;

/// <summary>Keeps a site in a PostgreSQL database.</summary>
public static class PostgresSite
{
    /// <summary>The site is kept in a database, which any number of processes may share.</summary>
    /// <param name="site">The site's set-up.</param>
    /// <param name="connectionString">As Npgsql takes it.</param>
    /// <param name="options">How the database is used; null for the defaults.</param>
    public static WaybillBuilder UsePostgres(
        this WaybillBuilder site, string connectionString, PostgresStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.UseStore(_ => new PostgresStore(connectionString, options));
    }
}
