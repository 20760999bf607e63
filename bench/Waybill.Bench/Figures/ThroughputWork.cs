using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Figures;

/// <summary>
/// In a child process: runs all elements that wait, and measures from a fifth of the hops to the last one.
/// </summary>
internal static class ThroughputWork
{
    public static async Task<Stretch> RunAsync(ChildTask task)
    {
        long hops = (long)task.Elements * TenHops.Hops;
        await using WorkerHost host = await WorkerHost.StartAsync(task);
        UsageMeter meter = UsageMeter.Start(await host.HopsReachAsync(hops / 5), task.Place.ServerProcess);
        return meter.Stop(await host.HopsReachAsync(hops));
    }
}
