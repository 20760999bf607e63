using Microsoft.Extensions.DependencyInjection;
using Waybill.Hosting;

namespace Waybill.Sqlite;

/// <summary>Keeps a site in a SQLite file.</summary>
public static class SqliteSite
{
    /// <summary>The site is kept in one file, which this process has to itself.</summary>
    /// <param name="site">The site's set-up.</param>
    /// <param name="file">The database file. It and its folder are created when they do not exist.</param>
    /// <param name="options">How to use the file; null for the defaults.</param>
    public static WaybillBuilder UseSqlite(this WaybillBuilder site, string file, SqliteStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.UseStore(services => new SqliteStore(file, services.GetRequiredService<TimeProvider>(), options));
    }
}
