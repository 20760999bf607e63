using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Figures;

/// <summary>
/// How long elements took from when they should have been submitted until their ticket told of the end.
/// </summary>
/// <param name="P50">Half were faster, in milliseconds.</param>
/// <param name="P99">99 of 100 were faster, in milliseconds.</param>
internal sealed record Latencies(double P50, double P99);

/// <summary>
/// In a child process: submits at a steady rate, whatever becomes of those before, and waits for each.
/// </summary>
internal static class LatencyWork
{
    private const int WarmUp = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<Latencies> RunAsync(ChildTask task)
    {
        await using WorkerHost host = await WorkerHost.StartAsync(task);
        OrderSource source = new(seed: 5);
        Order[] orders = [.. Enumerable.Range(0, WarmUp + task.Elements).Select(_ => source.Next())];
        Task<TimeSpan>[] passages = new Task<TimeSpan>[orders.Length];
        Thread schedule = new(() =>
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < orders.Length; i++)
            {
                int number = i;
                long due = began + (long)((number + 1) * Interval.TotalSeconds * Stopwatch.Frequency);
                WaitUntil(due);
                passages[number] = Task.Run(() => PassAsync(host.Client, number, orders[number], due));
            }
        });
        schedule.Start();
        schedule.Join();
        TimeSpan[] took = await Task.WhenAll(passages);
        double[] sorted = [.. took.Skip(WarmUp).Select(span => span.TotalMilliseconds).Order()];
        return new Latencies(sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
    }

    private static async Task<TimeSpan> PassAsync(SiteClient client, int number, Order order, long due)
    {
        Ticket<Receipt> ticket = await client.SubmitAsync(TenHops.Workflow, $"{number}", order);
        TicketStatus<Receipt> status = await client.WaitAsync(ticket);
        return status.Ending is Ending.Finished
            ? Stopwatch.GetElapsedTime(due)
            : throw new InvalidOperationException($"Order {number} ended as {status.Ending}: {status.Reason}");
    }

    // Sleeping is not exact to the millisecond, and what it is late by would be counted to the element.
    private static void WaitUntil(long due)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > TimeSpan.FromMilliseconds(2))
            Thread.Sleep(left - TimeSpan.FromMilliseconds(2));
        SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= due);
    }
}
