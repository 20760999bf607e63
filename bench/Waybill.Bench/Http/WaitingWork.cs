using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Http;

/// <summary>What waiting clients cost the server.</summary>
/// <param name="Before">Its memory before they came, in megabytes.</param>
/// <param name="Waiting">Its memory while all of them wait.</param>
/// <param name="CpuShare">The share of one core that it uses while they wait and nothing happens.</param>
internal sealed record WaitingCosts(double Before, double Waiting, double CpuShare);

/// <summary>In a child process: many clients that wait for tickets of which none ends.</summary>
internal static class WaitingWork
{
    private const int AtOnce = 200;
    private const int Tickets = 1000;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    public static async Task<WaitingCosts> RunAsync(ChildTask task)
    {
        ServerAtWork server = task.Http!;
        byte[][] polls = await SubmitAsync(server);
        double before = Usage.MegabytesOf(server.ProcessId);
        List<LoadConnection> waiting = [];
        try
        {
            while (waiting.Count < task.Elements)
            {
                LoadConnection[] more = await Task.WhenAll(
                    Enumerable.Range(0, AtOnce).Select(_ => LoadConnection.OpenAsync(server.Address)));
                foreach (LoadConnection connection in more)
                    await connection.SendAsync(polls[waiting.Count % polls.Length]);
                waiting.AddRange(more);
            }

            // The last ones have been read by then, or the check below fails.
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
            double cpu = Usage.OfProcess(server.ProcessId).Cpu;
            await Task.Delay(Watched, TimeProvider.System);
            cpu = Usage.OfProcess(server.ProcessId).Cpu - cpu;
            double memory = Usage.MegabytesOf(server.ProcessId);
            int answered = waiting.Count(connection => connection.HasAnswer);
            return answered == 0
                ? new WaitingCosts(before, memory, cpu / Watched.TotalSeconds)
                : throw new InvalidOperationException($"{answered} of {waiting.Count} long polls did not wait.");
        }
        finally
        {
            waiting.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<byte[][]> SubmitAsync(ServerAtWork server)
    {
        Requests requests = new(server);
        OrderSource source = new(seed: 13);
        using LoadConnection connection = await LoadConnection.OpenAsync(server.Address);
        byte[][] polls = new byte[Tickets][];
        for (int i = 0; i < Tickets; i++)
        {
            ReadOnlyMemory<byte> answer = await connection.AskAsync(requests.Submit($"idle-{i}", source.Next()), 202);
            polls[i] = requests.LongPoll(LoadConnection.Header(answer.Span, "Location: "));
        }

        return polls;
    }
}
