using System.Text.Json.Serialization;
using Waybill.Bench.Limits;
using Waybill.Stores;

namespace Waybill.Bench.Sites;

/// <summary>Which store.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoreKind>))]
internal enum StoreKind
{
    Sqlite = 0,
    Postgres = 1,
}

/// <summary>One empty or filled database, and how any process gets at it.</summary>
/// <param name="Kind">Which store.</param>
/// <param name="Location">The file, or the connection string.</param>
/// <param name="ServerProcess">The database server's first process, where there is one.</param>
internal sealed record Place(StoreKind Kind, string Location, int? ServerProcess)
{
    /// <summary>For work that needs no database.</summary>
    public static Place None { get; } = new(StoreKind.Sqlite, "", null);

    /// <summary>Makes the store; it is not opened yet.</summary>
    public ISiteStore CreateStore() => Kind switch
    {
        StoreKind.Sqlite => new Sqlite.SqliteStore(Location, TimeProvider.System),
        StoreKind.Postgres => new Postgres.PostgresStore(Location),
        _ => throw new InvalidOperationException($"There is no such store: {Kind}."),
    };

    /// <summary>Makes a store that only looks, beside the process that works with it.</summary>
    public ISiteStore CreateReader() => Kind is StoreKind.Sqlite
        ? new Sqlite.SqliteStore(Location, TimeProvider.System, new Sqlite.SqliteStoreOptions { ReadOnly = true })
        : CreateStore();

    /// <summary>Makes the bare loop in this database, with its own tables.</summary>
    public ILimitLoop CreateLimit(int elements, HopData data) => Kind is StoreKind.Sqlite
        ? new SqliteLimit(Location, elements, data)
        : new PostgresLimit(Location, elements, data);
}
