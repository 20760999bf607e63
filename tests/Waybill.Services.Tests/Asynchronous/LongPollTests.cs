using System.Net;
using Microsoft.AspNetCore.Builder;
using Waybill.Services.Asynchronous;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Services.Tests.Asynchronous.TicketHost;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class LongPollTests
{
    [Fact]
    public async Task A_question_is_held_back_until_the_ticket_ends()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();

        Task<HttpResponseMessage> held = await host.HoldAsync(
            () => host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=30")));
        bool isEarly = held.IsCompleted;
        await host.Site.RunUntilQuietAsync();

        Assert.False(isEarly);
        Assert.Equal("finished", (string)(await JsonAsync(await held))["state"]!);
        Assert.Equal("wait=30", (await held).Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(0, host.Watch.Waiting);
    }

    [Fact]
    public async Task It_is_answered_as_things_stand_when_its_time_is_up()
    {
        FakeTime time = new();
        await using TicketHost host = await StartAsync(time: time);
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();

        Task<HttpResponseMessage> held = await host.HoldAsync(
            () => host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=5")));
        bool isEarly = held.IsCompleted;
        await ElapsesAsync(time, held);

        Assert.False(isEarly);
        Assert.Equal("accepted", (string)(await JsonAsync(await held))["state"]!);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_server_allows()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();
        await host.Site.RunUntilQuietAsync();

        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=99999999999"));

        Assert.Equal("wait=60", response.Headers.GetValues("Preference-Applied").Single());
    }

    [Fact]
    public async Task A_submission_that_ends_in_time_is_answered_with_its_result()
    {
        await using TicketHost host = await StartAsync();

        Task<HttpResponseMessage> held = await host.HoldAsync(() => host.SubmitAsync(prefer: "respond-async, wait=10"));
        await host.Site.RunUntilQuietAsync();

        HttpResponseMessage response = await held;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("P2", (string)(await JsonAsync(response))["result"]!["number"]!);
        Assert.NotNull(response.Content.Headers.ContentLocation);
    }

    [Fact]
    public async Task Who_knows_the_ticket_hears_of_each_step_also_in_another_process()
    {
        FakeTime time = new();
        MemoryStore store = new(time);
        await using TestSite other = new(new TestSiteSetup { Workflows = [Orders], Time = time, Store = store });
        await using TicketHost host = await StartAsync(store: store, time: time);
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();
        string tag = (await host.SendAsync(HttpMethod.Get, path)).Headers.ETag!.Tag;

        Task<HttpResponseMessage> held = await host.HoldAsync(
            () => host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=30"), ("If-None-Match", tag)));
        await host.Watch.LookOnceAsync(default);
        await other.RunUntilQuietAsync();
        await host.Watch.LookOnceAsync(default);

        Assert.NotEqual("accepted", (string)(await JsonAsync(await held))["state"]!);
    }

    [Fact]
    public async Task A_stopping_process_lets_everybody_go()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();

        Task<HttpResponseMessage> held = await host.HoldAsync(
            () => host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=60")));
        await host.Watch.StoppingAsync(CancellationToken.None);

        Assert.Equal("accepted", (string)(await JsonAsync(await held))["state"]!);
    }

    [Fact]
    public async Task Who_waits_holds_nothing_of_the_pipeline()
    {
        IServiceProvider? scope = null;
        bool isThrough = false;
        await using TicketHost host = await StartAsync(app => app.Use(async (context, next) =>
        {
            scope = context.RequestServices;
            await next(context);
            isThrough = true;
        }));
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();
        isThrough = false;

        Task<HttpResponseMessage> held = await host.HoldAsync(
            () => host.SendAsync(HttpMethod.Get, path, null, ("Prefer", "wait=30")));
        bool wasThrough = isThrough;
        Assert.Throws<ObjectDisposedException>(() => scope!.GetService(typeof(ElementWatch)));
        await host.Site.RunUntilQuietAsync();

        Assert.True(wasThrough);
        Assert.Equal("finished", (string)(await JsonAsync(await held))["state"]!);
    }

    [Fact]
    public async Task Who_waits_for_an_unknown_ticket_is_told_at_once()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, $"/v1/tickets/{Guid.Empty}", null, ("Prefer", "wait=30"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("urn:waybill:problem:ticket-unknown", (string)(await JsonAsync(response))["type"]!);
        Assert.Equal(0, host.Watch.Waiting);
    }

    // The request sets its timer on a thread of its own, perhaps after time was moved; so it is moved until it counts.
    private static async Task ElapsesAsync(FakeTime time, Task held)
    {
        while (!held.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
