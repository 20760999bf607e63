using Waybill.Postgres;
using Waybill.Sqlite;
using Waybill.Stores;

namespace Waybill.Crash.Child;

/// <summary>Makes the store that an argument names.</summary>
internal static class StoreChoice
{
    public static ISiteStore Create(string store, TimeProvider time) => store.Split(':', 2) switch
    {
        ["sqlite", string file] => new SqliteStore(file, time),
        ["postgres", string connection] => new PostgresStore(connection),
        _ => throw new ArgumentException(
            $"\"{store}\" names no store: use sqlite:FILE or postgres:CONNECTION.", nameof(store)),
    };
}
