using System.Net;
using Waybill.Server.Callbacks;
using Waybill.Stores;

namespace Waybill.Server.Tests.Callbacks;

public sealed class CallbackCrashTests
{
    [Fact]
    public async Task An_end_that_was_read_again_after_a_crash_is_told_once()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        ElementId ticket = await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.Site.RunUntilQuietAsync();
        using CallbackFeed other = site.NewFeed();

        // Both begin where nothing was acknowledged, as a process does that takes over from one that died.
        await site.Feed.PumpOnceAsync(default);
        await other.PumpOnceAsync(default);
        await site.SettleAsync();

        Assert.Single(site.Receiver.Came);
        Assert.Equal(Ending.Finished, (await site.DeliveryAsync(ticket))!.Ending);
    }

    [Fact]
    public async Task An_end_is_told_also_when_the_feed_begins_long_after_it()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        await site.Feed.PumpOnceAsync(default);
        await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.Site.RunUntilQuietAsync();

        await site.Store.Journal.TrimAsync(site.Time.GetUtcNow() + TimeSpan.FromDays(30), 1000, default);
        using CallbackFeed later = site.NewFeed();
        while (await later.PumpOnceAsync(default) > 0)
            await site.Site.RunUntilQuietAsync();

        Assert.Single(site.Receiver.Came);
    }

    [Fact]
    public async Task An_attempt_whose_answer_was_lost_is_repeated_with_the_same_event()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        await site.SubmitAsync(endpoint.Endpoint.Id);
        site.Receiver.Answers = attempt =>
            attempt == 1 ? throw new HttpRequestException("the connection broke") : HttpStatusCode.OK;

        await site.SettleAsync();
        await site.Site.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(2, site.Receiver.Came.Count);
        Assert.Equal(
            site.Receiver.Came[0].Request.Headers.GetValues("webhook-id"),
            site.Receiver.Came[1].Request.Headers.GetValues("webhook-id"));
    }

    [Fact]
    public async Task An_order_of_an_element_that_was_never_accepted_does_nothing()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();

        ElementId never = new(new Guid("00000000-0000-0000-0000-000000000009"));
        await site.Desk.OrderAsync(never, endpoint.Endpoint.Id);
        await site.SettleAsync();

        Assert.Empty(site.Receiver.Came);
        Assert.Equal(1, await site.Store.Records.CountAsync(new RecordFilter("callback-order"), default));
    }
}
