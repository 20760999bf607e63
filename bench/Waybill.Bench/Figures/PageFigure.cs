using Waybill.Bench.Children;
using Waybill.Bench.Pages;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(h) How pages of 150 calls are composed: in one process, and of a service in another one.</summary>
internal sealed class PageFigure(BenchOptions options, BenchReport report)
{
    public const string Letter = "h";

    public async Task MeasureAsync(CancellationToken cancel)
    {
        List<PageTimes> within = [];
        List<PageTimes> over = [];
        for (int run = 0; run < options.Runs; run++)
        {
            within.Add(await ComposeAsync(null, cancel));
            Tell("in one process", within[^1]);
            await using ChildProcess server = ChildProcess.Start(Orders(ChildWork.PageServer, null));
            over.Add(await ComposeAsync(await server.HearAsync<Uri>(cancel), cancel));
            Tell("over HTTP", over[^1]);
        }

        Add("in one process", within);
        Add("over HTTP", over);
    }

    private static void Tell(string where, PageTimes page)
    {
        Progress.Say($"pages {where} (h): p50 {page.P50:0.0} ms, p99 {page.P99:0.0} ms, CPU {page.CpuMs:0.0} ms");
        Progress.Say($"pages {where} (h): {page.PartialShare:P0} lack a piece, {page.MissingShare:P2} of all pieces");
    }

    private Task<PageTimes> ComposeAsync(Uri? server, CancellationToken cancel) =>
        ChildProcess.RunAsync<PageTimes>(Orders(ChildWork.Pages, server), cancel);

    private ChildTask Orders(ChildWork work, Uri? server) => new()
    {
        Work = work,
        Place = Place.None,
        Elements = options.Quick ? 200 : 600,
        InFlightMax = options.InFlight,
        Server = server,
    };

    private void Add(string where, List<PageTimes> runs)
    {
        double deadline = PageWork.Deadline.TotalMilliseconds;
        string page = $"page of {PageWork.Calls} calls {where}";
        report.Add(Letter, $"{page}, p50", Unit.Milliseconds, runs.Select(p => p.P50));
        report.Add(Letter, $"{page}, p99", Unit.Milliseconds, runs.Select(p => p.P99), Target.AtMost(deadline));
        report.Add(Letter, $"{page}, CPU", Unit.Milliseconds, runs.Select(p => p.CpuMs), Target.AtMost(15));
        report.Add(Letter, $"{page}, share that lacks a piece", Unit.Ratio, runs.Select(p => p.PartialShare));
    }
}
