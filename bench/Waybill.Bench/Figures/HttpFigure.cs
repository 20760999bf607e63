using Waybill.Bench.Children;
using Waybill.Bench.Http;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(i) What the HTTP server bears, with a load generator on the same cores.</summary>
internal sealed class HttpFigure(BenchOptions options, BenchReport report) : IFigure
{
    private const int Waiters = 10_000;

    public IReadOnlyList<string> Letters => ["i"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<HttpTimes> loads = [];
        List<WaitingCosts> waits = [];
        for (int run = 0; run < options.Runs; run++)
        {
            Place place = await store.CreateAsync(cancel);
            loads.Add(await AskAsync<HttpTimes>(place, ChildWork.HttpLoad, options.Quick ? 100 : 500, cancel));
            waits.Add(await AskAsync<WaitingCosts>(place, ChildWork.HttpWaiting, Waiters, cancel));
            await store.RemoveAsync(place);
            Tell(store, loads[^1], waits[^1]);
        }

        report.Add("i", "submits over HTTP", store, Unit.PerSecond,
            loads.Select(l => l.SubmitsPerSecond), Target.AtLeast(3000));
        report.Add("i", "  p99 then", store, Unit.Milliseconds, loads.Select(l => l.SubmitP99));
        report.Add("i", "  server's CPU each", store, Unit.Milliseconds, loads.Select(l => l.SubmitCpu));
        report.Add("i", "25 submits a second, p50", store, Unit.Milliseconds, loads.Select(l => l.LightP50));
        report.Add("i", "25 submits a second, p99", store, Unit.Milliseconds,
            loads.Select(l => l.LightP99), Target.AtMost(15));
        report.Add("i", "ticket polls", store, Unit.PerSecond,
            loads.Select(l => l.PollsPerSecond), Target.AtLeast(8000));
        report.Add("i", "  server's CPU each ", store, Unit.Milliseconds, loads.Select(l => l.PollCpu));
        report.Add("i", "10,000 long polls, server's memory", store, Unit.Megabytes,
            waits.Select(w => w.Waiting), Target.AtMost(300));
        report.Add("i", "  without them", store, Unit.Megabytes, waits.Select(w => w.Before));
        report.Add("i", "  cores used while they wait", store, Unit.Ratio, waits.Select(w => w.CpuShare));
    }

    private static void Tell(StoreUnderTest store, HttpTimes load, WaitingCosts wait)
    {
        Progress.Say(
            $"{store.Name} (i): {load.SubmitsPerSecond:N0} submits/s, {load.PollsPerSecond:N0} polls/s");
        Progress.Say($"{store.Name} (i): light p50 {load.LightP50:0.0} ms, p99 {load.LightP99:0.0} ms");
        Progress.Say($"{store.Name} (i): {wait.Before:N0} MB, with {Waiters:N0} long polls {wait.Waiting:N0} MB");
    }

    // Each kind of work has a server of its own, so that none inherits another's memory.
    private async Task<T> AskAsync<T>(Place place, ChildWork work, int elements, CancellationToken cancel)
    {
        ChildTask serve = new()
        {
            Work = ChildWork.HttpServer,
            Place = place,
            Elements = elements,
            InFlightMax = options.InFlight,
            Span = TimeSpan.FromSeconds(options.Quick ? 3 : 10),
        };
        await using ChildProcess server = ChildProcess.Start(serve);
        ServerAtWork at = await server.HearAsync<ServerAtWork>(cancel);
        return await ChildProcess.RunAsync<T>(serve with { Work = work, Http = at }, cancel);
    }
}
