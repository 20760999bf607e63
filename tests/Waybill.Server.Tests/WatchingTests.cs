using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Server.Watching;
using Waybill.Services.Asynchronous;
using Waybill.Testing;

namespace Waybill.Server.Tests;

public sealed class WatchingTests
{
    [Fact]
    public async Task Counters_come_when_they_are_counted()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Submitter);
        using EventReader events = await EventReader.OpenAsync(reader, "/v1/events");

        (string type, JsonElement first) = await events.NextAsync();
        await reader.SubmitAsync("1", "books");
        await host.Services.GetRequiredService<NodeCounters>().TellOnceAsync(default);
        (_, JsonElement second) = await events.NextAsync();

        Assert.Equal("counters", type);
        Assert.False(first.GetProperty("nodes")[0].GetProperty("elements").TryGetProperty("ready", out _));
        Assert.Equal(1, second.GetProperty("nodes")[0].GetProperty("elements").GetProperty("ready").GetInt64());
    }

    [Fact]
    public async Task An_elements_progress_is_told_until_it_ends()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Submitter);
        string id = await reader.SubmitAsync("1", "books");
        using EventReader events = await EventReader.OpenAsync(reader, $"/v1/elements/{id}/events");

        (string type, JsonElement place) = await events.NextAsync();
        await host.Site.RunUntilQuietAsync();
        await host.Services.GetRequiredService<ElementWatch>().LookOnceAsync(default);
        (string last, JsonElement ended) = await events.NextAsync();

        Assert.Equal(("place", "pack"), (type, place.GetProperty("node").GetString()));
        Assert.Equal(("ended", "finished"), (last, ended.GetProperty("ending").GetString()));
        Assert.True(await events.IsOverAsync());
    }

    [Fact]
    public async Task There_are_so_many_streams_and_no_more()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()], options => options.EventStreamsMax = 1);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        using EventReader events = await EventReader.OpenAsync(reader, "/v1/events");
        await events.NextAsync();

        Assert.Equal("too-many-streams", await reader.FetchAsync("/v1/events").ProblemAsync(503));
    }

    [Fact]
    public async Task Anyone_may_ask_for_health()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);

        JsonElement live = await host.Anyone().FetchAsync("/health/live").JsonAsync();
        JsonElement ready = await host.Anyone().FetchAsync("/health/ready").JsonAsync();

        Assert.Equal("live", live.GetProperty("status").GetString());
        Assert.Equal("ready", ready.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_tell_what_is_where_in_prometheus_text()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        await shop.SubmitAsync("1", "books");

        string[] lines = (await shop.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');

        Assert.Contains("""waybill_elements{node="parcels:1/pack",state="ready"} 1""", lines);
        Assert.Contains("# TYPE http_server_request_duration histogram", lines);
        Assert.Contains(
            lines, line => line.StartsWith("http_server_request_duration_count{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_who_sends_too_fast_is_told_to_wait()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()],
            options =>
            {
                options.RequestBurst = 3;
                options.RequestsPerSecond = 1;
            });
        HttpClient fast = await host.HolderAsync(ServerRole.Reader);
        HttpClient other = await host.HolderAsync(ServerRole.Reader);

        HttpStatusCode[] statuses = new HttpStatusCode[10];
        for (int i = 0; i < statuses.Length; i++)
            statuses[i] = (await fast.FetchAsync("/v1/workflows")).StatusCode;

        Assert.Equal(HttpStatusCode.OK, statuses[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        await other.FetchAsync("/v1/workflows").JsonAsync();
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", false, true)]
    [InlineData("http://0.0.0.0:0", false, false)]
    [InlineData("http://[::]:0", false, false)]
    [InlineData("http://0.0.0.0:0", true, true)]
    public async Task It_listens_beyond_loopback_only_when_that_was_said(string url, bool isSaid, bool starts)
    {
        await using TestSite site = new(Sample.Parcels());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(site.Time);
        builder.Services.AddSingleton(site.Client);
        builder.Services.AddSingleton(site.Store);
        builder.Services.AddSingleton(site.Remote);
        builder.Services.AddWaybillServer(options => options.ListensBeyondLoopback = isSaid);
        await using WebApplication app = builder.Build();
        app.MapWaybill();

        Exception? error = await Record.ExceptionAsync(() => app.StartAsync());

        Assert.Equal(starts, error is null);
        if (error is not null)
            Assert.Contains("ListensBeyondLoopback", error.Message);
    }

    [Fact]
    public void Options_are_checked_together()
    {
        WaybillServerOptions options = new() { RequestBurst = 0, ConnectionsMax = 0, HeaderTimeMax = TimeSpan.Zero };

        Assert.Equal(3, options.Faults().Count());
    }
}
