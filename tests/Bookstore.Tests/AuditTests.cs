using Waybill;

namespace Bookstore.Tests;

public sealed class AuditTests(AuditTests.EndedRun run) : IClassFixture<AuditTests.EndedRun>, IDisposable
{
    private readonly Bookshop shop = run.Copy();

    [Theory]
    [InlineData(
        "a lost book", "UPDATE shop_stock SET on_hand = on_hand - 1 WHERE sku = 'BK00001' AND centre = 'Leeds'",
        "BK00001 in Leeds")]
    [InlineData(
        "a book shipped twice", "UPDATE shop_allocation SET quantity = quantity + 1 WHERE order_number = '{0}'",
        "order {0}")]
    [InlineData("a shipment forgotten", "DELETE FROM shop_allocation WHERE order_number = '{0}'", "order {0}")]
    [InlineData(
        "an order captured twice", "UPDATE shop_account SET captured = captured * 2 WHERE order_number = '{0}'",
        "order {0}")]
    [InlineData(
        "a payment not booked", "DELETE FROM shop_entry WHERE order_number = '{0}' AND kind = 'Capture'",
        "order {0}")]
    [InlineData("an order with no ticket", "INSERT INTO shop_account VALUES ('X-1', 5, 5, 0, 0)", "order X-1")]
    [InlineData(
        "books still reserved", "UPDATE shop_allocation SET is_shipped = 0 WHERE order_number = '{0}'",
        "order {0}")]
    [InlineData(
        "an order still waiting", "INSERT INTO shop_back_order VALUES ('{0}', 'BK00001', 1, 1, 1, 0)",
        "order {0}")]
    [InlineData(
        "a parcel sent elsewhere", "UPDATE shop_parcel SET address = 'nowhere' WHERE order_number = '{0}'",
        "order {0}")]
    [InlineData(
        "a shipment handed over with another address",
        "UPDATE shop_parcel SET written_address = 'nowhere', address = 'nowhere' WHERE order_number = '{0}'",
        "order {0}")]
    [InlineData(
        "a change without an end", "UPDATE change_outcome SET outcome = 0 WHERE number = 1",
        "1 are pending at orders that are not in flight")]
    public async Task A_planted_fault_is_found_and_named(string fault, string sql, string culprit)
    {
        string order = await run.AnyCompleteOrderAsync(shop);

        await shop.VisitAsync((_, database) => database.WriteAsync(
            [new SqlWrite(Format(sql, order))], CancellationToken.None));

        Assert.True(await shop.VerifyAsync() == 1, $"{fault} went unnoticed");
        Assert.Contains(Format(culprit, order), shop.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Books_that_nobody_touched_balance()
    {
        Assert.Equal(0, await shop.VerifyAsync());
    }

    [Fact]
    public async Task A_lost_element_is_found_and_named()
    {
        await shop.VisitAsync((_, database) => database.WriteAsync(
            [new SqlWrite("UPDATE ticket SET ending = NULL WHERE business_key = 'S1-000007'") { ExpectRows = 1 }],
            CancellationToken.None));

        Assert.Equal(1, await shop.VerifyAsync());
        Assert.Contains(
            "S1-000007: has an open ticket and is nowhere", shop.Output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    private static string Format(string text, string order) => text.Replace("{0}", order, StringComparison.Ordinal);

    /// <summary>One run, whose file each test gets a copy of.</summary>
    public sealed class EndedRun : IAsyncLifetime
    {
        private readonly Bookshop original = new();

        internal string Store => original.File;

        public async ValueTask InitializeAsync() => await original.RunAsync(original.Order(count: 40));

        public ValueTask DisposeAsync()
        {
            original.Dispose();
            return ValueTask.CompletedTask;
        }

        internal Bookshop Copy()
        {
            Bookshop copy = new();
            File.Copy(original.File, copy.File);
            return copy;
        }

        internal async Task<string> AnyCompleteOrderAsync(Bookshop shop)
        {
            List<string> found = [];
            await shop.VisitAsync(async (_, database) => found = await database.ReadAsync(
                """
                SELECT order_number FROM shop_account
                WHERE captured = authorised AND refunded = 0 ORDER BY order_number LIMIT 1
                """,
                row => row.GetString(0),
                CancellationToken.None));
            return found.Single();
        }
    }
}
