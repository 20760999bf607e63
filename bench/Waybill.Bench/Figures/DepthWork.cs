using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Figures;

/// <summary>What a worker did while ever as many elements waited, and the most memory that it ever had.</summary>
internal sealed record DepthStretch(Stretch Stretch, long PeakMemory)
{
    public double Megabytes => PeakMemory / (1024.0 * 1024);
}

/// <summary>
/// In a child process: runs elements for a while and submits as many as end, so that the same number waits all the
/// time.
/// </summary>
internal static class DepthWork
{
    private const int RefillBatch = 200;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RefillInterval = TimeSpan.FromMilliseconds(2);

    public static async Task<DepthStretch> RunAsync(ChildTask task)
    {
        await using WorkerHost host = await WorkerHost.StartAsync(task);
        using CancellationTokenSource measured = new();
        Task refilling = RefillAsync(host, measured.Token);
        await host.HopsReachAsync(1);
        await Task.Delay(WarmUp);
        UsageMeter meter = UsageMeter.Start(host.Hops, task.Place.ServerProcess);
        await Task.WhenAny(Task.Delay(task.Span), refilling);
        Stretch stretch = meter.Stop(host.Hops);
        await measured.CancelAsync();
        await refilling;
        using Process self = Process.GetCurrentProcess();
        return new DepthStretch(stretch, self.PeakWorkingSet64);
    }

    private static async Task RefillAsync(WorkerHost host, CancellationToken measured)
    {
        Filler filler = new(host.Client.Store.Elements, TimeProvider.System);
        long submitted = 0;
        using PeriodicTimer look = new(RefillInterval);
        try
        {
            while (await look.WaitForNextTickAsync(measured))
            {
                while (host.Ended - submitted >= RefillBatch)
                {
                    await filler.FillAsync(RefillBatch, CancellationToken.None);
                    submitted += RefillBatch;
                }
            }
        }
        catch (OperationCanceledException) when (measured.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
