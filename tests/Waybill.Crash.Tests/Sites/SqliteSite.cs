using System.Data.Common;
using Microsoft.Data.Sqlite;
using Waybill.Crash.Child;
using Waybill.Sqlite;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Sites;

/// <summary>A site in a SQLite file.</summary>
internal sealed class SqliteSite : CrashSite
{
    private SqliteSite(string? folder) => File = Path.Combine(folder ?? Folder, "site.db");

    public string File { get; }

    public override string Store => $"sqlite:{File}";

    /// <param name="folder">Where the file goes; default: a temporary folder.</param>
    public static async Task<SqliteSite> CreateAsync(string? folder = null)
    {
        SqliteSite site = new(folder);
        // The store makes the file, and takes no other; tables of one's own come after that.
        await using (ISiteStore store = site.CreateStore())
            await store.OpenAsync(CancellationToken.None);
        await site.ExecuteAsync(Effects.Schema);
        return site;
    }

    public override ISiteStore CreateStore() => new SqliteStore(File, TimeProvider.System);

    public override async Task<DbConnection> ConnectAsync()
    {
        SqliteConnectionStringBuilder settings = new() { DataSource = File, Pooling = false };
        SqliteConnection connection = new(settings.ToString());
        await connection.OpenAsync();
        return connection;
    }
}
