using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Waybill.Server.Tests.Work;

public sealed class WorkTests
{
    private const string ToShip = """{"to":"ship","data":{"note":"wrapped","count":2},"milestone":{"text":"done"}}""";

    [Fact]
    public async Task A_worker_claims_an_element_and_sends_it_on()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        Ticket<string> ticket = await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));

        JsonElement work = await host.TakeAsync(worker);
        JsonElement result = await host.CompleteAsync(worker, work.Text("lease"), ToShip);

        Assert.Equal(ticket.Id.ToString(), work.Text("id"));
        Assert.Equal(("A-1", "parcels", "pack"), (work.Text("key"), work.Text("workflow"), work.Text("node")));
        Assert.Equal("book", work.GetProperty("data").Text("note"));
        Assert.Equal((1, 30_000), (work.GetProperty("attempt").GetInt32(), work.GetProperty("leaseMs").GetInt64()));
        Assert.Equal("committed", result.Text("outcome"));
        Assert.Equal("wrapped x2", (await host.Site.Client.StatusAsync(flow, "A-1"))!.Result);
    }

    [Fact]
    public async Task A_process_that_stops_waits_for_no_claim()
    {
        await using ServerHost host = await ServerHost.StartAsync([WorkHost.Flow()]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);

        Task<HttpResponseMessage> claim = worker.PostAsync("/v1/work/claim", WorkHost.Claim);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(0, (await claim.JsonAsync()).GetProperty("work").GetArrayLength());
    }

    [Fact]
    public async Task Work_names_the_trace_of_its_submission()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        using Activity click = new Activity("click").SetIdFormat(ActivityIdFormat.W3C).Start();
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        click.Stop();

        JsonElement work = await host.TakeAsync(worker);

        Assert.Contains(click.TraceId.ToHexString(), work.Text("traceparent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_that_does_not_fit_is_refused_with_what_is_wrong_and_can_be_corrected()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        string lease = (await host.TakeAsync(worker)).Text("lease");

        JsonElement refused = await host.CompleteAsync(
            worker, lease, """{"to":"ship","data":{"note":"x","colour":"red"}}""");
        JsonElement corrected = await host.CompleteAsync(worker, lease, ToShip);

        JsonElement problem = refused.GetProperty("problem");
        Assert.Equal("refused", refused.Text("outcome"));
        Assert.Equal("urn:waybill:problem:route-refused", problem.Text("type"));
        Assert.Equal(
            (422, "waybill.data-unreadable"), (problem.GetProperty("status").GetInt32(), problem.Text("code")));
        Assert.Contains("colour", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("committed", corrected.Text("outcome"));
    }

    [Fact]
    public async Task A_lease_that_another_process_gave_is_told_apart_from_one_that_is_lost()
    {
        await using ServerHost host = await ServerHost.StartAsync([WorkHost.Flow()]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);

        JsonElement beat = await ResultAsync("/v1/work/heartbeat", """{"leases":["kite.lease-1"]}""");
        JsonElement done = await ResultAsync(
            "/v1/work/complete", $$"""[{"lease":"kite.lease-1","route":{{ToShip}}}]""");
        JsonElement failed = await ResultAsync("/v1/work/fail", """[{"lease":"kite.lease-1","reason":"no paper"}]""");
        JsonElement own = await ResultAsync("/v1/work/fail", """[{"lease":"site.lease-99","reason":"no paper"}]""");

        Assert.All([beat, done, failed], result => Assert.Equal(
            ("elsewhere", "urn:waybill:problem:lease-elsewhere", 421),
            (result.Text("outcome"), result.GetProperty("problem").Text("type"),
                result.GetProperty("problem").GetProperty("status").GetInt32())));
        Assert.Equal("leaseLost", own.Text("outcome"));

        async Task<JsonElement> ResultAsync(string path, string json) =>
            (await host.SendAsync(worker, path, json)).GetProperty("results")[0];
    }

    [Fact]
    public async Task A_lapsed_lease_is_lost_to_heartbeats_and_to_routes()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        string lease = (await host.TakeAsync(worker)).Text("lease");

        await host.Site.AdvanceAsync(TimeSpan.FromSeconds(31));
        JsonElement beat = (await host.SendAsync(worker, "/v1/work/heartbeat", $$"""{"leases":["{{lease}}"]}"""))
            .GetProperty("results")[0];
        JsonElement late = await host.CompleteAsync(worker, lease, ToShip);

        Assert.Equal("leaseLost", beat.Text("outcome"));
        Assert.Equal("leaseLost", late.Text("outcome"));
        Assert.Equal("urn:waybill:problem:lease-lost", late.GetProperty("problem").Text("type"));
        Assert.Equal(409, late.GetProperty("problem").GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_heartbeat_tells_how_long_the_lease_lasts()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        string lease = (await host.TakeAsync(worker)).Text("lease");

        await host.Site.AdvanceAsync(TimeSpan.FromSeconds(20));
        JsonElement beat = (await host.SendAsync(worker, "/v1/work/heartbeat", $$"""{"leases":["{{lease}}"]}"""))
            .GetProperty("results")[0];

        Assert.Equal(("extended", 30_000), (beat.Text("outcome"), beat.GetProperty("leaseMs").GetInt64()));
    }

    [Fact]
    public async Task A_batch_gets_one_result_for_each_lease()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        string lease = (await host.TakeAsync(worker)).Text("lease");

        JsonElement results = (await host.SendAsync(
            worker,
            "/v1/work/complete",
            $$"""[{"lease":"made-up","route":{{ToShip}}},{"lease":"{{lease}}","route":{{ToShip}}}]"""))
            .GetProperty("results");

        Assert.Equal(["leaseLost", "committed"], results.EnumerateArray().Select(result => result.Text("outcome")));
    }

    [Fact]
    public async Task A_failed_run_is_retried_and_one_that_no_retry_mends_is_sidelined()
    {
        Workflow<Parcel, string> flow = WorkHost.Flow();
        await using ServerHost host = await ServerHost.StartAsync([flow]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.Client.SubmitAsync(flow, "A-1", new Parcel("book"));
        string first = (await host.TakeAsync(worker)).Text("lease");

        JsonElement failed = await host.SendAsync(
            worker, "/v1/work/fail", $$"""[{"lease":"{{first}}","reason":"no paper","type":"PaperError"}]""");
        JsonElement again = await host.TakeAsync(worker);
        await host.SendAsync(
            worker, "/v1/work/fail", $$"""[{"lease":"{{again.Text("lease")}}","reason":"torn","retry":false}]""");

        Assert.Equal("failed", failed.GetProperty("results")[0].Text("outcome"));
        Assert.Equal(2, again.GetProperty("attempt").GetInt32());
        Assert.Equal(1, await host.Site.Client.Sidelined.CountAsync(Stores.SidelinedFilter.All));
    }

    [Theory]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[{"workflow":"parcels","node":"ship"}]}""")]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[]}""")]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[{"workflow":"parcels","node":"pack"}],"max":101}""")]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[{"workflow":"parcels","node":"pack"}],"waitMs":5}""")]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[{"workflow":"parcels","node":"pack"}],"extra":5}""")]
    [InlineData("/v1/work/claim", """{"worker":"r","nodes":[null]}""")]
    [InlineData("/v1/work/heartbeat", """{"leases":[]}""")]
    [InlineData("/v1/work/heartbeat", """{"leases":[null]}""")]
    [InlineData("/v1/work/complete", "[]")]
    [InlineData("/v1/work/complete", "[null]")]
    [InlineData("/v1/work/complete", """[{"lease":"x"}]""")]
    [InlineData("/v1/work/complete", """[{"lease":null,"route":{}}]""")]
    [InlineData("/v1/work/fail", """[{"reason":"no lease"}]""")]
    public async Task What_cannot_be_read_or_met_is_the_callers_mistake(string path, string json)
    {
        await using ServerHost host = await ServerHost.StartAsync([WorkHost.Flow()]);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);

        Assert.Equal("invalid-input", await worker.PostAsync(path, json).ProblemAsync(400));
    }

    [Fact]
    public async Task Only_a_worker_may_work_and_only_on_the_workflows_of_its_key()
    {
        await using ServerHost host = await ServerHost.StartAsync([WorkHost.Flow(), WorkHost.Flow("letters")]);
        HttpClient submitter = await host.HolderAsync(ServerRole.Submitter);
        HttpClient elsewhere = await host.HolderAsync(ServerRole.Worker, "letters");

        Assert.Equal("role-missing", await submitter.PostAsync("/v1/work/claim", WorkHost.Claim).ProblemAsync(403));
        Assert.Equal("out-of-scope", await elsewhere.PostAsync("/v1/work/claim", WorkHost.Claim).ProblemAsync(403));
    }

    [Fact]
    public async Task Claims_that_wait_are_bounded()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [WorkHost.Flow()], options => options.WorkClaimsMax = 1);
        HttpClient worker = await host.HolderAsync(ServerRole.Worker);
        await host.Site.RunUntilQuietAsync();
        using CancellationTokenSource gone = new();

        using StringContent body = new(WorkHost.Claim, System.Text.Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> waiting = worker.PostAsync(
            new Uri("/v1/work/claim", UriKind.Relative), body, gone.Token);
        while (host.Site.Remote.Waiting == 0)
            await Task.Yield();

        Assert.Equal("too-many-requests", await worker.PostAsync("/v1/work/claim", WorkHost.Claim).ProblemAsync(429));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
