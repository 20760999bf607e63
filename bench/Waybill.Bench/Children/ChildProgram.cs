using System.Text.Json;
using Waybill.Bench.Figures;
using Waybill.Bench.Http;
using Waybill.Bench.Limits;
using Waybill.Bench.Pages;

namespace Waybill.Bench.Children;

/// <summary>What runs in a child process: one piece of work, whose outcome it says on its standard output.</summary>
internal static class ChildProgram
{
    public static async Task RunAsync(string orders)
    {
        Thread watch = new(EndWithParent) { IsBackground = true };
        watch.Start();
        ChildTask task = JsonSerializer.Deserialize<ChildTask>(orders)!;
        switch (task.Work)
        {
            case ChildWork.Limit:
                Say(LimitRun.Run(task));
                break;
            case ChildWork.Throughput:
                Say(await ThroughputWork.RunAsync(task));
                break;
            case ChildWork.Latency:
                Say(await LatencyWork.RunAsync(task));
                break;
            case ChildWork.Depth:
                Say(await DepthWork.RunAsync(task));
                break;
            case ChildWork.Recovery:
                await RecoveryWork.RunAsync(task, Say);
                break;
            case ChildWork.Holding:
                Say(await HoldingWork.RunAsync(task));
                break;
            case ChildWork.Tracking:
                Say(await TrackingWork.RunAsync(task));
                break;
            case ChildWork.PageServer:
                await PageServer.RunAsync(Say);
                break;
            case ChildWork.Pages:
                Say(await PageWork.RunAsync(task));
                break;
            case ChildWork.HttpServer:
                await HttpServer.RunAsync(task, Say);
                break;
            case ChildWork.HttpLoad:
                Say(await HttpWork.RunAsync(task));
                break;
            case ChildWork.HttpWaiting:
                Say(await WaitingWork.RunAsync(task));
                break;
            default:
                throw new InvalidOperationException($"There is no such work: {task.Work}.");
        }
    }

    private static void Say<T>(T what) => Console.WriteLine(JsonSerializer.Serialize(what));

    // The parent says nothing; its end closes the pipe.
    private static void EndWithParent()
    {
        Console.In.ReadToEnd();
        Environment.Exit(1);
    }
}
