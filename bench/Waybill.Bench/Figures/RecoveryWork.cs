using Waybill.Bench.Children;

namespace Waybill.Bench.Figures;

/// <summary>How far a worker that will be killed has come.</summary>
internal sealed record Hopped(long Hops);

/// <summary>
/// In a child process: runs elements until it is killed, and tells of its first hop and of being well under way.
/// </summary>
internal static class RecoveryWork
{
    public static async Task RunAsync(ChildTask task, Action<Hopped> say)
    {
        await using WorkerHost host = await WorkerHost.StartAsync(task);
        say(new Hopped(await host.HopsReachAsync(1)));
        say(new Hopped(await host.HopsReachAsync(task.Hops)));
        await Task.Delay(Timeout.Infinite);
    }
}
