using System.Globalization;
using Waybill.Stores;

namespace Waybill.Tracking.Postgres;

/// <summary>Migrations, and the partitions of the warehouse.</summary>
internal static class PostgresSchema
{
    private static readonly string[] Partitioned = ["element", "history"];

    /// <exception cref="StoreVersionException">The database was written by a newer version.</exception>
    public static async Task<int> MigrateAsync(PostgresSession session, Schemas schemas)
    {
        IReadOnlyList<string> scripts = MigrationScripts.Of("postgres");
        await session.RunAsync($"select pg_advisory_xact_lock(hashtextextended('{schemas.Name} tracking', 0))");
        await session.RunAsync($"create schema if not exists \"{schemas.Name}\"");
        await session.RunAsync($"create schema if not exists \"{schemas.Name}_warehouse\"");
        await session.RunAsync("create table if not exists waybill.schema_version (version integer not null)");
        int found = 0;
        await session.ReadAsync("select version from waybill.schema_version", row => found = row.GetInt32(0));
        if (found > scripts.Count)
            throw new StoreVersionException(found, scripts.Count);
        foreach (string script in scripts.Skip(found))
            await session.RunAsync(script);
        if (found < scripts.Count)
        {
            await session.RunAsync("delete from waybill.schema_version");
            await session.RunAsync("insert into waybill.schema_version values ($1)", scripts.Count);
        }

        return scripts.Count;
    }

    /// <param name="session">In a transaction.</param>
    /// <param name="month">The month, as <c>202611</c>.</param>
    public static async Task<int> MakeMonthAsync(PostgresSession session, int month)
    {
        bool exists = false;
        await session.ReadAsync(
            "select 1 from pg_class where oid = to_regclass($1)",
            _ => exists = true,
            session.Place($"waybill_warehouse.{NameOf("history", month)}"));
        if (exists)
            return 0;
        foreach (string table in Partitioned)
        {
            await session.RunAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"create table if not exists waybill_warehouse.{NameOf(table, month)} "
                + $"partition of waybill_warehouse.{table} for values from ({month}) to ({month + 1})"));
        }

        return 1;
    }

    public static async Task<int> DropMonthsBeforeAsync(PostgresSession session, Schemas schemas, DateOnly month)
    {
        List<string> old = [];
        await session.ReadAsync(
            "select tablename from pg_tables where schemaname = $1 and tablename ~ '^element_[0-9]{6}$' "
            + "and substr(tablename, 9)::integer < $2",
            row => old.Add(row.GetString(0)[8..]),
            $"{schemas.Name}_warehouse", (month.Year * 100) + month.Month);
        foreach (string name in old)
        {
            foreach (string table in Partitioned)
                await session.RunAsync($"drop table waybill_warehouse.{table}_{name}");
        }

        return old.Count;
    }

    private static string NameOf(string table, int month) =>
        string.Create(CultureInfo.InvariantCulture, $"{table}_{month}");
}
