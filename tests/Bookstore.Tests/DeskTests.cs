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

    [Theory]
    [InlineData("change-address", "  ", "the address is empty")]
    [InlineData("change-card", "", "the card is empty")]
    [InlineData("change-address", null, "the address has 201 characters")]
    public async Task What_no_label_can_show_is_refused(string command, string? text, string reason)
    {
        await WithAnOrderAsync(_ => Task.CompletedTask);

        (int exit, string said) = await shop.SayAsync(command, Number, text ?? new string('x', 201));

        Assert.Equal(1, exit);
        Assert.StartsWith("Refused.", said, StringComparison.Ordinal);
        Assert.Contains(reason, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_begins_with_an_at_sign_is_an_address()
    {
        await WithAnOrderAsync(async services =>
        {
            StringWriter paper = new();
            int exit = await CommandLine.CarryOutAsync(
                ["change-address", Number, "@/etc/hostname"], services, paper, CancellationToken.None);

            Assert.Equal(0, exit);
            Assert.Contains("@/etc/hostname", paper.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_command_that_is_too_long_for_the_line_is_refused_before_it_is_sent()
    {
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => DeskLine.CallAsync(
            shop.File, [new string('x', DeskLine.RequestMax)], TestContext.Current.CancellationToken));

        Assert.Contains("bytes long", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("change-address S1-000001 here --by \" \"", "say who asks")]
    [InlineData("change-address S1-000001 here --wait 1e300", "a day, at most")]
    [InlineData("held --store postgres:nonsense", "is not a connection")]
    public void Words_that_cannot_be_meant_are_refused_and_named(string words, string reason) => Assert.Contains(
        CommandLine.Create(TextWriter.Null).Parse(words).Errors,
        error => error.Message.Contains(reason, StringComparison.Ordinal));

    [Fact]
    public async Task A_clerk_founds_no_site()
    {
        FileNotFoundException error = await Assert.ThrowsAsync<FileNotFoundException>(async () =>
        {
            await using StringWriter paper = new();
            SiteOrder nowhere = new() { Store = new StoreAddress(StoreKind.Sqlite, $"{shop.File}.missing") };
            await new Desk(nowhere, running: null, paper).ServeAsync(
                new HeldCommand(), ["held"], TestContext.Current.CancellationToken);
        });

        Assert.Contains("run the site once", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists($"{shop.File}.missing"));
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
