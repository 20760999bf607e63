using System.Text;
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
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(shop.File)!, "bookstore.db*"))
            Assert.DoesNotContain(Card, Encoding.UTF8.GetString(await ReadAsync(file)), StringComparison.Ordinal);
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

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, CancellationToken.None);
        return bytes;
    }
}
