using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Services;
using Waybill.Services.Composing;

namespace Waybill.Bench.Pages;

/// <summary>How pages were made.</summary>
/// <param name="P50">Half took less, in milliseconds.</param>
/// <param name="P99">99 of 100 took less, in milliseconds.</param>
/// <param name="Longest">In milliseconds.</param>
/// <param name="CpuMs">CPU time of the composing process by page, in milliseconds.</param>
/// <param name="PartialShare">The share of pages that lack a piece.</param>
/// <param name="MissingShare">The share of pieces that are missing.</param>
internal sealed record PageTimes(
    double P50, double P99, double Longest, double CpuMs, double PartialShare, double MissingShare);

/// <summary>In a child process: composes pages of 150 calls, one after the other.</summary>
internal static class PageWork
{
    public const int Calls = 150;
    private const int WarmUp = 100;

    private static readonly PieceOptions<PieceOfPage> EachPiece = new() { Budget = TimeSpan.FromMilliseconds(60) };

    private static readonly PieceOptions<PieceOfPage> Patient = new() { Budget = TimeSpan.FromMilliseconds(500) };
    private static readonly TimeSpan PatientDeadline = TimeSpan.FromSeconds(1);

    public static TimeSpan Deadline { get; } = TimeSpan.FromMilliseconds(150);

    public static async Task<PageTimes> RunAsync(ChildTask task)
    {
        await using ServiceProvider services = Services(task.Server);
        Composer composer = services.GetRequiredService<Composer>();
        IPieces client = services.GetRequiredService<IPieces>();
        // First with patience: what waits for code to be compiled would be taken for a service that is broken.
        for (int page = 0; page < WarmUp; page++)
            await MakeAsync(composer, client, page, 4, Patient);
        for (int page = 0; page < WarmUp; page++)
            await MakeAsync(composer, client, page, Calls, EachPiece);
        // What the start left to be compiled and thrown away is not the pages'.
        GC.Collect();
        List<double> took = [];
        int partial = 0;
        int missing = 0;
        Usage before = Usage.OfThisProcess();
        for (int page = 0; page < task.Elements; page++)
        {
            long begun = Stopwatch.GetTimestamp();
            PageReport report = await MakeAsync(composer, client, WarmUp + page, Calls, EachPiece);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            int lacks = report.Missing.Count();
            missing += lacks;
            partial += lacks > 0 ? 1 : 0;
        }

        double cpu = (Usage.OfThisProcess() - before).Cpu;
        took.Sort();
        return new PageTimes(
            took[took.Count / 2],
            took[took.Count * 99 / 100],
            took[^1],
            cpu * 1000 / took.Count,
            (double)partial / took.Count,
            (double)missing / (took.Count * Calls));
    }

    private static ServiceProvider Services(Uri? server)
    {
        ServiceProvider services = new ServiceCollection()
            .AddComposer()
            .AddServiceClient<IPieces>()
            .AddServiceCalls(options =>
            {
                if (server is not null)
                    options.Endpoints["pieces"] = [server.ToString()];
            })
            .BuildServiceProvider();
        if (server is null)
            services.GetRequiredService<LocalServices>().Serve<IPieces>(new Pieces());
        return services;
    }

    private static async Task<PageReport> MakeAsync(
        Composer composer, IPieces client, int number, int calls, PieceOptions<PieceOfPage> each)
    {
        await using Page page = composer.Begin("bench", Deadline > each.Budget ? Deadline : PatientDeadline);
        page.AskEach(
            "piece", Enumerable.Range(0, calls), (piece, cancel) => client.FindAsync(number, piece, cancel), each);
        return await page.CompleteAsync();
    }
}
