using System.Text;
using Waybill.Crash.Tests.Sites;
using Waybill.Stores;

namespace Waybill.Crash.Tests.BadInput;

/// <summary>Handlers and data that break every rule, on a real store: each element answers for itself alone.</summary>
public abstract class BadInputTests
{
    private const int GoodOnes = 50;

    [Theory]
    [InlineData("throws", "System.InvalidOperationException", 2)]
    [InlineData("has no way", "waybill.undeclared-exit", 1)]
    [InlineData("returns null", "waybill.no-route", 1)]
    [InlineData("has no data", "System.ArgumentNullException", 2)]
    [InlineData("grows", "waybill.data-too-large", 1)]
    [InlineData("finishes wrongly", "waybill.undeclared-exit", 1)]
    [InlineData("hangs", "System.TimeoutException", 1)]
    [InlineData("hangs politely", "System.TimeoutException", 1)]
    public async Task What_cannot_be_carried_out_is_sidelined_and_nothing_else(string way, string failure, int attempts)
    {
        await using CrashSite site = await CreateSiteAsync();
        await using LocalHost host = await LocalHost.StartAsync(site, OddWorkflow.Workflow);

        await host.Client.SubmitAsync(OddWorkflow.Workflow, "bad", new Odd(way));
        await FinishGoodOnesAsync(host);

        SidelinedElement bad = await SidelinedAsync(host);
        Assert.Equal("bad", bad.BusinessKey);
        Assert.Equal((failure, attempts), (bad.Failure.Type, bad.Failure.Attempts));
        Assert.False(string.IsNullOrWhiteSpace(bad.Failure.Message));
        Assert.Equal(1, await host.Client.Store.Directory.CountAsync(ElementFilter.All, CancellationToken.None));
    }

    [Fact]
    public async Task Input_that_is_too_large_is_refused_and_leaves_nothing_behind()
    {
        await using CrashSite site = await CreateSiteAsync();
        await using LocalHost host = await LocalHost.StartAsync(site, OddWorkflow.Workflow);

        RouteException refused = await Assert.ThrowsAsync<RouteException>(() =>
            host.Client.SubmitAsync(OddWorkflow.Workflow, "bad", new Odd("grows", new string('x', 3 * 1024 * 1024))));

        Assert.Equal("waybill.data-too-large", refused.Code);
        Assert.Null(await host.Client.StatusAsync(OddWorkflow.Workflow, "bad"));
        await FinishGoodOnesAsync(host);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"way\":")]
    [InlineData("[1, 2]")]
    [InlineData("\u0000\u0001 neither JSON nor text")]
    public async Task Stored_data_that_no_longer_parses_is_sidelined_and_nothing_else(string damaged)
    {
        await using CrashSite site = await CreateSiteAsync();
        ElementId damagedId;
        await using (LocalHost before = await LocalHost.StartAsync(site, OddWorkflow.Workflow))
        {
            damagedId = await WaitingAsync(before, "damaged");
            for (int i = 0; i < GoodOnes; i++)
                await WaitingAsync(before, $"good-{i}");
        }

        await DamageAsync(site, damagedId, damaged);
        await using LocalHost host = await LocalHost.StartAsync(site, OddWorkflow.Workflow);
        await SignalAllAsync(host);

        SidelinedElement bad = await SidelinedAsync(host);
        Assert.Equal((damagedId, "waybill.data-unreadable"), (bad.Id, bad.Failure.Type));
        await Eventually.GetAsync(
            () => host.Client.Store.Tickets.CountAsync(
                new TicketFilter { Ending = Ending.Finished }, CancellationToken.None),
            count => count == GoodOnes,
            "all others to finish");
    }

    [Fact]
    public async Task A_person_mends_damaged_data_and_the_element_goes_on()
    {
        await using CrashSite site = await CreateSiteAsync();
        ElementId damagedId;
        await using (LocalHost before = await LocalHost.StartAsync(site, OddWorkflow.Workflow))
            damagedId = await WaitingAsync(before, "damaged");
        await DamageAsync(site, damagedId, "{\"way\": 17}");
        await using LocalHost host = await LocalHost.StartAsync(site, OddWorkflow.Workflow);
        await SignalAllAsync(host);
        await SidelinedAsync(host);

        int mended = await host.Client.Sidelined.EditAndRetryAsync(
            SidelinedFilter.All, """{"way":"mended"}""", new Actor("a person", "typing error"));

        Assert.Equal(1, mended);
        TicketStatus<string> status =
            await host.Client.WaitAsync(new Ticket<string>(damagedId, "odd", "damaged", IsNew: false));
        Assert.Equal((Ending.Finished, "mended"), (status.Ending, status.Result));
    }

    private protected abstract Task<CrashSite> CreateSiteAsync();

    /// <summary>Replaces the stored data of one element, while nobody works on the store.</summary>
    private protected abstract Task DamageAsync(CrashSite site, ElementId element, string data);

    private protected static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static async Task FinishGoodOnesAsync(LocalHost host)
    {
        Ticket<string>[] tickets = await Task.WhenAll(Enumerable.Range(0, GoodOnes).Select(i =>
            host.Client.SubmitAsync(OddWorkflow.Workflow, $"good-{i}", new Odd("good"))));
        TicketStatus<string>[] all = await Task.WhenAll(tickets.Select(ticket => host.Client.WaitAsync(ticket)));
        Assert.All(all, status => Assert.Equal(Ending.Finished, status.Ending));
    }

    private static async Task<ElementId> WaitingAsync(LocalHost host, string key) =>
        (await host.Client.SubmitAsync(OddWorkflow.Workflow, key, new Odd("waits"))).Id;

    private static async Task SignalAllAsync(LocalHost host)
    {
        Page<ElementSummary> waiting = await host.Client.Store.Directory.ListAsync(
            ElementFilter.All, new PageRequest(1000), CancellationToken.None);
        foreach (ElementSummary element in waiting.Items)
            await host.Client.SignalAsync(ElementRef.Of(element.Id), OddWorkflow.GoOn, "now");
    }

    private static async Task<SidelinedElement> SidelinedAsync(LocalHost host)
    {
        Page<SidelinedElement> sidelined = await Eventually.GetAsync(
            () => host.Client.Sidelined.ListAsync(SidelinedFilter.All),
            page => page.Items.Count > 0,
            "a sidelined element");
        return Assert.Single(sidelined.Items);
    }
}
