using Waybill.Bench.Figures;
using Waybill.Bench.Machine;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench;

/// <summary>
/// One run of the program: sets the stores up, measures what is asked for, reports, and leaves nothing behind.
/// </summary>
internal static class BenchRun
{
    public static async Task RunAsync(
        BenchOptions options, string dataFolder, string resultFile, CancellationToken cancel)
    {
        string name = $"waybill-bench-{Environment.ProcessId}";
        string folder = Directory.CreateDirectory(Path.Combine(dataFolder, name)).FullName;
        List<StoreUnderTest> stores = [];
        try
        {
            foreach (StoreKind kind in options.NeedsStores ? options.Stores : [])
                stores.Add(await SetUpAsync(kind, folder, cancel));
            BenchReport report = new(
                TimeProvider.System.GetUtcNow(),
                MachineFacts.Gather(folder),
                options,
                [.. stores.Select(StoreFacts.Of)]);
            await MeasureAsync(options, stores, report, cancel);
            ReportTable.Print(report);
            await report.WriteAsync(resultFile);
        }
        finally
        {
            foreach (StoreUnderTest store in stores)
                await store.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<StoreUnderTest> SetUpAsync(StoreKind kind, string folder, CancellationToken cancel) =>
        kind is StoreKind.Sqlite ? new SqliteUnderTest(folder) : await PostgresUnderTest.StartAsync(folder, cancel);

    private static async Task MeasureAsync(
        BenchOptions options, List<StoreUnderTest> stores, BenchReport report, CancellationToken cancel)
    {
        IFigure[] figures =
        [
            new ThroughputFigure(options, report),
            new LatencyFigure(options, report),
            new DepthFigure(options, report),
            new RecoveryFigure(options, report),
            new HoldingFigure(options, report),
            new TrackingFigure(options, report),
            new HttpFigure(options, report),
        ];
        foreach (IFigure figure in figures.Where(figure => figure.Letters.Any(options.Wants)))
        {
            foreach (StoreUnderTest store in stores)
                await figure.MeasureAsync(store, cancel);
        }

        if (options.Wants(PageFigure.Letter))
            await new PageFigure(options, report).MeasureAsync(cancel);
    }
}
