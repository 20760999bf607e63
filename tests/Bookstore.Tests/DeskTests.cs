using Bookstore.Commands;
using Bookstore.Desks;
using Bookstore.Feeds;
using Bookstore.Ordering;
using Bookstore.Outside;
using Bookstore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Waybill;

namespace Bookstore.Tests;

public sealed class DeskTests : IDisposable
{
    private const string Number = "S1-000001";
    private readonly Bookshop shop = new();

    [Fact]
    public async Task A_clerk_changes_an_order_of_a_site_that_another_process_holds()
    {
        await WithAnOrderAsync(async services =>
        {
            await using DeskOffice office = new(
                shop.File, (words, paper, cancel) => CommandLine.CarryOutAsync(words, services, paper, cancel));

            (int exit, string said) = await shop.SayAsync("change-address", Number, "7 Key Lane, Oban", "--by", "Iris");
            Assert.Equal(0, exit);
            Assert.StartsWith("Applied.", said, StringComparison.Ordinal);

            (_, said) = await shop.SayAsync("ledger", Number);
            Assert.Contains("by Iris", said, StringComparison.Ordinal);
            Assert.Contains("applied", said, StringComparison.Ordinal);
            Assert.Contains("7 Key Lane, Oban", said, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_clerk_changes_an_order_of_a_site_that_nobody_runs()
    {
        await WithAnOrderAsync(_ => Task.CompletedTask);

        (int exit, string said) = await shop.SayAsync("change-card", Number, "card-C0001-9");

        Assert.Equal(0, exit);
        Assert.StartsWith("Applied.", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("change-address")]
    [InlineData("change-card")]
    public async Task An_order_that_is_not_known_is_named(string command)
    {
        await WithAnOrderAsync(_ => Task.CompletedTask);

        (int exit, string said) = await shop.SayAsync(command, "X-9", "something");

        Assert.Equal(1, exit);
        Assert.Contains("There is no order X-9", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_is_no_desk_command_is_refused_over_the_line()
    {
        await WithAnOrderAsync(async services =>
        {
            await using DeskOffice office = new(
                shop.File, (words, paper, cancel) => CommandLine.CarryOutAsync(words, services, paper, cancel));

            DeskAnswer? answer = await DeskLine.CallAsync(
                shop.File, ["verify"], TestContext.Current.CancellationToken);

            Assert.Equal(1, answer!.Exit);
            Assert.Contains("is not done at the desk", answer.Output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Nobody_answers_where_nobody_listens() =>
        Assert.Null(await DeskLine.CallAsync(shop.File, ["held"], TestContext.Current.CancellationToken));

    public void Dispose() => shop.Dispose();

    /// <summary>Opens the shop with one order that nobody works on.</summary>
    private Task WithAnOrderAsync(Func<IServiceProvider, Task> act) => shop.VisitAsync(async (services, database) =>
    {
        SeededFeed feed = new(services.GetRequiredService<Chance>(), SeededCatalog.Of(new Chance(1), 100), 1);
        await OpeningDay.PrepareAsync(feed, database, CancellationToken.None);
        Order order = feed.At(0).OfType<OrderPlaced>().Single().Order;
        await services.GetRequiredService<SiteClient>().SubmitAsync(Orders.Workflow, order.Number, order);
        await act(services);
    });
}
