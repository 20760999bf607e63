using Npgsql;
using Waybill.Tracking.Postgres;

namespace Waybill.Tracking.Tests;

[Collection(PostgresTests.Name)]
public sealed class PostgresMigrationTests(SharedPostgres shared)
{
    [Fact]
    public async Task Changing_tables_is_not_cut_short_by_the_time_limits_of_statements()
    {
        string schema = shared.NextSchema();
        NpgsqlConnectionStringBuilder limited = new(shared.Server.ConnectionString())
        {
            CommandTimeout = 30,
            Options = "-c statement_timeout=30000 -c lock_timeout=30000",
        };
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await RunAsync(source, $"""
            create table {schema}_limits (seen text not null);
            create function {schema}_note() returns event_trigger language plpgsql as $$
            begin
                insert into public.{schema}_limits
                values (current_setting('statement_timeout') || ' ' || current_setting('lock_timeout'));
            end $$;
            create event trigger {schema}_note on ddl_command_end execute function {schema}_note();
            """);
        await using PostgresTrackingStore store = new(limited.ConnectionString, schema);
        try
        {
            await store.OpenAsync(default);
        }
        finally
        {
            await RunAsync(source, $"drop event trigger {schema}_note");
        }

        await using NpgsqlCommand seen = source.CreateCommand(
            $"select string_agg(distinct seen, '|') from {schema}_limits");
        Assert.Equal("0 0", await seen.ExecuteScalarAsync());
        Assert.Equal(0, store.StructureTimeout);
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
