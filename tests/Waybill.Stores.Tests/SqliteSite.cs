using System.Text;
using Microsoft.Data.Sqlite;
using Waybill.Sqlite;
using Waybill.Testing;

namespace Waybill.Stores.Tests;

/// <summary>A folder for one database, and short words for what tests of the SQLite store do with it.</summary>
internal sealed class SqliteSite : IAsyncDisposable
{
    public static readonly NodeAddress Pick = new("orders", 1, "pick");
    public static readonly NodeAddress Pack = new("orders", 1, "pack");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-sqlite-");
    private readonly List<SqliteStore> stores = [];
    private int lastId;

    public string File => Path.Combine(folder.FullName, "site.db");

    public string Folder => folder.FullName;

    public FakeTime Time { get; } = new();

    public static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A store that has not been opened.</summary>
    public SqliteStore New(bool isReadOnly = false)
    {
        SqliteStore store = new(File, Time, new SqliteStoreOptions { ReadOnly = isReadOnly });
        stores.Add(store);
        return store;
    }

    public async Task<SqliteStore> OpenAsync(bool isReadOnly = false)
    {
        SqliteStore store = New(isReadOnly);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    public NewElement Order(string? key = null, string data = "{}")
    {
        ElementId id = new(new Guid(++lastId, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1));
        return new NewElement(id, new QueueSlot(Pick), key ?? $"order-{lastId}", Json(data));
    }

    /// <summary>Accepts an order and claims it.</summary>
    public async Task<(WorkerEpoch Worker, ClaimedElement Order)> StartAsync(SqliteStore store)
    {
        WorkerEpoch worker = await store.Workers.RegisterAsync("worker", TimeSpan.FromHours(1), default);
        await store.Elements.AcceptAsync([Order()], default);
        return (worker, (await store.Elements.ClaimAsync(worker, [new ClaimRequest(Pick, 1)], default))[0]);
    }

    public static Hop To(ClaimedElement order, Destination to, JournalKind kind = JournalKind.Moved) => new()
    {
        Key = order.Key,
        Id = order.Id,
        From = order.Hop,
        Node = order.Node,
        To = to,
        Kind = kind,
        Data = order.Data,
    };

    public static Hop Finish(ClaimedElement order) =>
        To(order, new Destination.End(Ending.Finished, Json("{}"), null), JournalKind.Finished);

    /// <summary>Runs a statement on the file while no store has it open.</summary>
    public void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SqliteStore store in stores)
            await store.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
