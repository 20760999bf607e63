using System.Text;
using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Feeds;
using Bookstore.Ordering;
using Bookstore.Outside;
using Bookstore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Tests;

public sealed class CardKeysTests : IDisposable
{
    private const string Number = "S1-000001";
    private const string Card = "card-of-mara";

    private readonly Bookshop shop = new();

    [Fact]
    public async Task A_card_is_encrypted_wherever_the_site_keeps_it_and_masked_in_the_ledger()
    {
        await shop.VisitAsync(PlaceAsync);
        (int exit, _) = await shop.SayAsync("change-card", Number, Card);

        (_, string ledger) = await shop.SayAsync("ledger", Number);

        Assert.Equal(0, exit);
        Assert.Contains("***", ledger, StringComparison.Ordinal);
        Assert.DoesNotContain(Card, ledger, StringComparison.Ordinal);
        await AssertNowhereAsync(Card);
    }

    [Fact]
    public async Task After_a_run_no_customers_card_is_in_any_file_of_the_site()
    {
        await shop.RunAsync(shop.Order(count: 20));

        await AssertNowhereAsync(Customer.OnFile("C0", "", "", "").Card);
    }

    [Fact]
    public async Task A_store_of_an_earlier_version_goes_on_without_the_cards_that_it_kept()
    {
        await shop.VisitAsync((_, database) => database.WriteAsync(
            [
                new SqlWrite(
                    """
                    CREATE TABLE shop_customer (
                        id text PRIMARY KEY, name text NOT NULL, address text NOT NULL, country text NOT NULL,
                        card text NOT NULL)
                    """),
                new SqlWrite("INSERT INTO shop_customer VALUES ('C0001', 'Mara', 'Oban', 'Ireland', 'card-of-mara')"),
            ],
            CancellationToken.None));

        await shop.VisitAsync(async (services, database) =>
        {
            await PlaceAsync(services, database);
            KnownCustomer? mara = await services.GetRequiredService<ICustomers>().FindAsync("C0001", default);
            Assert.Equal(("Mara", "card-C0001"), (mara!.Name, mara.Card));
            Assert.Equal(4, (await database.ReadAsync(
                "SELECT * FROM shop_customer LIMIT 1", row => row.FieldCount, CancellationToken.None)).Single());
        });
    }

    [Fact]
    public async Task A_process_with_other_keys_is_refused_before_it_writes()
    {
        await shop.VisitAsync(async (services, _) =>
        {
            await CardKeys.RequireAsync(services, shop.Site, CancellationToken.None);
            SiteOrder stranger = shop.Site with { KeyFile = $"{shop.File}.other-keys" };
            using ServiceProvider others = new ServiceCollection()
                .AddSingleton(services.GetRequiredService<ISiteStore>())
                .AddSingleton(CardKeys.Open(stranger))
                .BuildServiceProvider();

            InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(
                () => CardKeys.RequireAsync(others, stranger, CancellationToken.None));

            Assert.Contains("--keys", refused.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_file_that_is_no_ring_is_refused_by_name()
    {
        string file = CardKeys.FileOf(shop.Site);
        await File.WriteAllTextAsync(file, "hush hush", TestContext.Current.CancellationToken);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => CardKeys.Open(shop.Site));

        Assert.StartsWith(file, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    private static async Task PlaceAsync(IServiceProvider services, Database database)
    {
        SeededFeed feed = new(services.GetRequiredService<Chance>(), SeededCatalog.Of(new Chance(1), 100), 1);
        await OpeningDay.PrepareAsync(feed, database, CancellationToken.None);
        Order order = feed.At(0).OfType<OrderPlaced>().Single().Order;
        await services.GetRequiredService<SiteClient>().SubmitAsync(Orders.Workflow, order.Number, order);
    }

    private async Task AssertNowhereAsync(string card)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.GetDirectoryName(shop.File)!, "bookstore*.db*")];
        Assert.NotEmpty(files);
        foreach (string file in files)
            Assert.DoesNotContain(card, Encoding.UTF8.GetString(await ReadAsync(file)), StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, CancellationToken.None);
        return bytes;
    }
}
