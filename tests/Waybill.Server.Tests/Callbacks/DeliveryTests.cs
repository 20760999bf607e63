using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Waybill.Server.Callbacks;
using Waybill.Stores;

namespace Waybill.Server.Tests.Callbacks;

public sealed class DeliveryTests
{
    [Fact]
    public async Task The_end_of_a_ticket_is_told_as_a_signed_event()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();

        ElementId ticket = await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.SettleAsync();

        (HttpRequestMessage request, byte[] body) = Assert.Single(site.Receiver.Came);
        string id = request.Headers.GetValues("webhook-id").Single();
        long timestamp = long.Parse(request.Headers.GetValues("webhook-timestamp").Single());
        Assert.Equal(
            CallbackSecret.Sign(id, timestamp, body, [endpoint.Secret]),
            request.Headers.GetValues("webhook-signature").Single());
        Assert.Equal(site.Time.GetUtcNow().ToUnixTimeSeconds(), timestamp);
        Assert.Equal("application/cloudevents+json", request.Content!.Headers.ContentType!.MediaType);
        JsonElement told = JsonDocument.Parse(body).RootElement;
        Assert.Equal(
            ("1.0", id, "waybill.ticket.finished", "parcels/7"),
            (told.GetProperty("specversion").GetString()!, told.GetProperty("id").GetString()!,
                told.GetProperty("type").GetString()!, told.GetProperty("subject").GetString()!));
        Assert.Equal(ticket.Value, told.GetProperty("data").GetProperty("id").GetGuid());
        Assert.Equal("books x1", told.GetProperty("data").GetProperty("result").GetString());
        Assert.Equal(Ending.Finished, (await site.DeliveryAsync(ticket))!.Ending);
    }

    [Fact]
    public async Task Every_attempt_goes_on_in_the_trace_of_what_was_submitted()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        site.Receiver.Answers = attempt => attempt < 2 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
        using Activity click = new Activity("click").SetIdFormat(ActivityIdFormat.W3C).Start();
        await site.SubmitAsync(endpoint.Endpoint.Id);
        click.Stop();

        await site.SettleAsync();
        await site.Site.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(2, site.Receiver.Came.Count);
        Assert.All(site.Receiver.Came, came => Assert.Equal(
            click.TraceId,
            ActivityContext.Parse(came.Request.Headers.GetValues("traceparent").Single(), null).TraceId));
        Assert.All(site.Receiver.Came, came => Assert.Equal(
            click.Id, JsonDocument.Parse(came.Body).RootElement.GetProperty("traceparent").GetString()));
    }

    [Fact]
    public async Task Nobody_is_told_of_a_ticket_without_an_order()
    {
        await using CallbackSite site = new();
        await site.RegisterAsync();

        await site.Site.Client.SubmitJsonAsync("parcels", "7", """{"note":"books"}"""u8.ToArray());
        await site.SettleAsync();

        Assert.Empty(site.Receiver.Came);
    }

    [Fact]
    public async Task A_receiver_that_is_away_is_tried_again_with_growing_pauses_each_attempt_in_the_history()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        site.Receiver.Answers = attempt => attempt < 4 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;

        ElementId ticket = await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.SettleAsync();
        await site.Site.AdvanceAsync(TimeSpan.FromMinutes(1));

        TicketRecord delivery = (await site.DeliveryAsync(ticket))!;
        HistoryFilter retries = new(delivery.Id) { Kind = JournalKind.Retried };
        IReadOnlyList<JournalEntry> failed = (await site.Store.Journal.HistoryAsync(retries, new(), default)).Items;
        Assert.Equal(4, site.Receiver.Came.Count);
        Assert.Equal(Ending.Finished, delivery.Ending);
        Assert.Equal(3, failed.Count);
        Assert.All(failed, entry => Assert.Contains("The endpoint answered 503.", entry.Detail));
        Assert.True(failed[2].At - failed[1].At > failed[1].At - failed[0].At);
        Assert.Single(site.Receiver.Came.Select(came => Convert.ToHexString(came.Body)).Distinct());
    }

    [Fact]
    public async Task After_days_without_success_it_waits_for_a_person_who_can_replay_it()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        site.Receiver.Answers = _ => HttpStatusCode.InternalServerError;
        ElementId ticket = await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.SettleAsync();

        await site.Site.AdvanceAsync(TimeSpan.FromDays(2));
        long early = await site.Store.Sidelined.CountAsync(SidelinedFilter.All, default);
        await site.Site.AdvanceAsync(TimeSpan.FromDays(2));
        long late = await site.Store.Sidelined.CountAsync(SidelinedFilter.All, default);
        site.Receiver.Answers = _ => HttpStatusCode.OK;
        ElementId? replayed = await site.Desk.ReplayAsync(ticket, Guid.Empty, new Actor("clerk"));
        await site.SettleAsync();

        Assert.Equal((0, 1), (early, late));
        Assert.Equal(22, site.Receiver.Came.Count);
        Assert.Equal((await site.DeliveryAsync(ticket))!.Id, replayed);
        Assert.Equal(Ending.Finished, (await site.DeliveryAsync(ticket))!.Ending);
    }

    [Fact]
    public async Task A_delivery_that_ended_is_replayed_with_the_same_event_and_each_replay_once()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        ElementId ticket = await site.SubmitAsync(endpoint.Endpoint.Id);
        await site.SettleAsync();

        Guid replay = new("00000000-0000-0000-0000-000000000007");
        ElementId? first = await site.Desk.ReplayAsync(ticket, replay, new Actor("clerk"));
        ElementId? again = await site.Desk.ReplayAsync(ticket, replay, new Actor("clerk"));
        await site.SettleAsync();

        Assert.Equal(first, again);
        Assert.Equal(2, site.Receiver.Came.Count);
        Assert.Equal(site.Receiver.Came[0].Body, site.Receiver.Came[1].Body);
        Assert.Null(await site.Desk.ReplayAsync(new ElementId(replay), replay, new Actor("clerk")));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_disabled_and_sent_nothing_more()
    {
        await using CallbackSite site = new();
        CallbackSecretShown endpoint = await site.RegisterAsync();
        site.Receiver.Answers = _ => HttpStatusCode.Gone;
        ElementId first = await site.SubmitAsync(endpoint.Endpoint.Id, key: "1");
        await site.SettleAsync();

        ElementId second = await site.SubmitAsync(endpoint.Endpoint.Id, key: "2");
        await site.SettleAsync();

        Assert.Single(site.Receiver.Came);
        Assert.Contains("410", (await site.Desk.FindAsync(endpoint.Endpoint.Id))!.DisabledBecause);
        Assert.Equal(Ending.Failed, (await site.DeliveryAsync(first))!.Ending);
        Assert.Contains("disabled", (await site.DeliveryAsync(second))!.Reason);
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_until_the_older_one_ends()
    {
        await using CallbackSite site = new(options => options.RotationOverlap = TimeSpan.FromHours(1));
        CallbackSecretShown old = await site.RegisterAsync();
        CallbackSecretShown fresh = (await site.Desk.RotateAsync(old.Endpoint.Id))!;

        await site.SubmitAsync(old.Endpoint.Id, key: "1");
        await site.SettleAsync();
        await site.Site.AdvanceAsync(TimeSpan.FromHours(2));
        await site.SubmitAsync(old.Endpoint.Id, key: "2");
        await site.SettleAsync();

        Assert.Equal([Signed(site, 0, fresh.Secret, old.Secret), Signed(site, 1, fresh.Secret)], Signatures(site));
    }

    [Theory]
    [InlineData("http://shop.example/hook")]
    [InlineData("ftp://shop.example/hook")]
    [InlineData("https://user:word@shop.example/hook")]
    [InlineData("https://shop.example/hook#part")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://0x7f000001/hook")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("/hook")]
    [InlineData("")]
    public async Task An_address_that_cannot_be_right_is_refused_when_it_is_registered(string url)
    {
        await using CallbackSite site = new();

        await Assert.ThrowsAsync<ArgumentException>(() => site.Desk.RegisterAsync("shop", url));
    }

    private static string[] Signatures(CallbackSite site) =>
        [.. site.Receiver.Came.Select(came => came.Request.Headers.GetValues("webhook-signature").Single())];

    private static string Signed(CallbackSite site, int index, params string[] secrets)
    {
        (HttpRequestMessage request, byte[] body) = site.Receiver.Came[index];
        return CallbackSecret.Sign(
            request.Headers.GetValues("webhook-id").Single(),
            long.Parse(request.Headers.GetValues("webhook-timestamp").Single()), body, secrets);
    }
}
