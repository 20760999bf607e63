using Waybill.Postgres;
using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

[Collection(PostgresTests.Name)]
public sealed class PostgresApplicationTablesTests(SharedPostgres shared)
{
    [Fact]
    public async Task Two_processes_that_contend_for_a_name_can_create_the_same_table_at_the_same_time()
    {
        await using StoreFixture fixture = await PostgresFixture.CreateAsync(shared);
        PostgresStore[] stores = [(PostgresStore)fixture.Store, (PostgresStore)await fixture.OpenAnotherAsync()];

        for (int i = 0; i < 20; i++)
        {
            string table = $"shelf_{i}";
            SqlWrite create = new($"CREATE TABLE IF NOT EXISTS {table} (name text PRIMARY KEY)") { Locks = ["schema"] };
            await Task.WhenAll(stores.Select(store => store.ExecuteAsync([create], CancellationToken.None)));
        }

        await stores[1].ExecuteAsync(
            [new SqlWrite("INSERT INTO shelf_19 VALUES (@name)", ("name", "A1")) { ExpectRows = 1 }],
            CancellationToken.None);
    }

    [Fact]
    public async Task The_applications_statements_are_all_run_or_none()
    {
        await using StoreFixture fixture = await PostgresFixture.CreateAsync(shared);
        PostgresStore store = (PostgresStore)fixture.Store;
        await store.ExecuteAsync([new SqlWrite("CREATE TABLE bin (name text)")], CancellationToken.None);
        SqlWrite put = new("INSERT INTO bin VALUES ('a')") { ExpectRows = 1 };

        await Assert.ThrowsAsync<WriteRefusedException>(
            () => store.ExecuteAsync([put, put with { ExpectRows = 2 }], CancellationToken.None));

        await store.ExecuteAsync([new SqlWrite("DELETE FROM bin") { ExpectRows = 0 }], CancellationToken.None);
    }
}
