using Waybill.Sqlite;
using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

public sealed class SqliteApplicationTablesTests
{
    [Fact]
    public async Task A_table_that_is_there_already_can_be_created_again()
    {
        SqlWrite create = new("CREATE TABLE IF NOT EXISTS shelf (name TEXT PRIMARY KEY)");
        await using StoreFixture fixture = await SqliteFixture.CreateAsync();
        SqliteStore store = (SqliteStore)fixture.Store;

        await store.ExecuteAsync([create], CancellationToken.None);
        await store.ExecuteAsync([create], CancellationToken.None);
        await store.ExecuteAsync([new SqlWrite("INSERT INTO shelf VALUES ('A1')") { ExpectRows = 1 }], CancellationToken.None);
    }

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("  rollback")]
    [InlineData("SELECT 1")]
    public async Task A_statement_that_writes_nothing_is_refused(string sql)
    {
        await using StoreFixture fixture = await SqliteFixture.CreateAsync();
        SqliteStore store = (SqliteStore)fixture.Store;

        await Assert.ThrowsAsync<ArgumentException>(() => store.ExecuteAsync([new SqlWrite(sql)], CancellationToken.None));
    }
}
