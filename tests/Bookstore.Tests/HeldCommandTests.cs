using System.Text.Json;
using Bookstore.Commands;
using Bookstore.Paying;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Tests;

public sealed class HeldCommandTests : IDisposable
{
    private readonly Bookshop shop = new();

    [Fact]
    public async Task A_clerk_sees_what_is_held_and_releases_one_group()
    {
        string network = await HoldCapturesAsync(3);

        (_, string before) = await shop.SayAsync("held");
        (int exit, string released) = await shop.SayAsync("release", network, "--by", "Iris", "--reason", "closing");
        (_, string after) = await shop.SayAsync("held");

        Assert.Contains("payments:1/charging: 3 held", before, StringComparison.Ordinal);
        Assert.Contains($"{network} ", before, StringComparison.Ordinal);
        Assert.Equal(0, exit);
        Assert.StartsWith("Released 3 of payments:1/charging", released, StringComparison.Ordinal);
        Assert.Contains("payments:1/charging: 0 held", after, StringComparison.Ordinal);
        await shop.VisitAsync(async (services, _) =>
        {
            IJournalStore journal = services.GetRequiredService<ISiteStore>().Journal;
            JournalEntry release = Assert.Single(
                await journal.ReadAsync(default, 100, CancellationToken.None), row => row.Kind == JournalKind.Released);
            Assert.Contains("Iris", release.Detail, StringComparison.Ordinal);
            Assert.Contains("closing", release.Detail, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_group_in_which_nothing_is_held_is_named()
    {
        await HoldCapturesAsync(1);

        (int exit, string said) = await shop.SayAsync("release", "Leeds/Express");

        Assert.Equal(1, exit);
        Assert.Contains("\"Leeds/Express\"", said, StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    /// <summary>Returns the group in which captures are held.</summary>
    private async Task<string> HoldCapturesAsync(int count)
    {
        Payment payment = new(PaymentKind.Capture, "S1-000001", "card-C0001", new Money(500));
        await shop.VisitAsync(async (services, _) =>
        {
            HeldDesk<Payment> desk = services.GetRequiredService<SiteClient>()
                .Held(Payments.Workflow, Payments.Charging);
            await desk.CountAsync();
            HeldRow row = new(payment.Network, [HeldValue.Of(payment.Order), HeldValue.Of(payment.Amount.Pence)]);
            byte[] data = JsonSerializer.SerializeToUtf8Bytes(payment, BookstoreJson.Options);
            await services.GetRequiredService<ISiteStore>().Elements.AcceptAsync(
                [
                    .. Enumerable.Range(1, count).Select(i => new NewElement(
                        new ElementId(new Guid(i, 0, 0, new byte[8])), new QueueSlot(desk.Queue, Held: row),
                        $"capture-{i}", data)),
                ],
                CancellationToken.None);
        });
        return payment.Network;
    }
}
