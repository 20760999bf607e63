using System.Reflection;
using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;
using static System.FormattableString;

namespace Waybill.Postgres.Migrations;

/// <summary>
/// Brings the schema to this program's version: the embedded scripts in the order of their numbers, all in one
/// transaction, under a lock that lets processes that start together do it one after the other.
/// </summary>
internal sealed class Migrator(NpgsqlDataSource source, SiteSchema schema)
{
    /// <summary>The newest version that this program knows.</summary>
    public static int Known => Scripts.Count;

    private static readonly IReadOnlyList<string> Scripts = ReadScripts();

    /// <exception cref="StoreVersionException">The database was written by a newer version.</exception>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await RunAsync(
            connection, $"select pg_advisory_xact_lock(hashtextextended('{schema.Name} schema', 0))", cancel);
        int found = await FindVersionAsync(connection, cancel);
        if (found > Known)
            throw new StoreVersionException(found, Known);
        if (found == 0)
        {
            await RunAsync(connection, $"create schema if not exists \"{schema.Name}\"", cancel);
            await RunAsync(connection, $"create table {SchemaVersion} (version integer not null)", cancel);
            await RunAsync(connection, $"insert into {SchemaVersion} values (0)", cancel);
        }

        foreach (string script in Scripts.Skip(found))
            await RunAsync(connection, schema.Place(script), cancel);
        if (found < Known)
            await RunAsync(connection, Invariant($"update {SchemaVersion} set version = {Known}"), cancel);
        await BeginEraAfterRestoreAsync(connection, cancel);
        await transaction.CommitAsync(cancel);
    }

    private string SchemaVersion => schema.Place("waybill.schema_version");

    private async Task<int> FindVersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using NpgsqlCommand exists = new($"select to_regclass('{SchemaVersion}') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
            return 0;
        await using NpgsqlCommand version = new($"select version from {SchemaVersion}", connection);
        return (int)(await version.ExecuteScalarAsync(cancel))!;
    }

    // A backup that was restored into a younger cluster has journal rows with transaction numbers that are yet to come
    // there. New rows would be sorted among them; in a new era they come behind them.
    private async Task BeginEraAfterRestoreAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await RunAsync(
            connection,
            schema.Place(
                """
                do $$
                declare
                    next smallint;
                begin
                    if exists (
                        select 1 from waybill.journal j join waybill.journal_era e on e.era = j.era
                        where j.tx >= pg_snapshot_xmax(pg_current_snapshot()))
                    then
                        update waybill.journal_era set era = era + 1 returning era into next;
                        execute format('alter table waybill.journal alter column era set default %s', next);
                    end if;
                end
                $$
                """),
            cancel);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static List<string> ReadScripts()
    {
        Assembly assembly = typeof(Migrator).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }),
        ];
    }
}
