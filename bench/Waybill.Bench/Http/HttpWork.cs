using System.Collections.Concurrent;
using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Http;

/// <summary>What the server did for a load generator on the same cores.</summary>
/// <param name="SubmitsPerSecond">Elements accepted, with 64 clients.</param>
/// <param name="SubmitP99">How long they took then, in milliseconds: 99 of 100 took less.</param>
/// <param name="SubmitCpu">CPU time of the server (and its database's) by submit, in milliseconds.</param>
/// <param name="LightP50">How long a submit took with one client and 25 a second, in milliseconds.</param>
/// <param name="LightP99">99 of 100 took less.</param>
/// <param name="PollsPerSecond">Questions after tickets answered, with 32 clients.</param>
/// <param name="PollCpu">CPU time of the server (and its database's) by poll, in milliseconds.</param>
internal sealed record HttpTimes(
    double SubmitsPerSecond,
    double SubmitP99,
    double SubmitCpu,
    double LightP50,
    double LightP99,
    double PollsPerSecond,
    double PollCpu);

/// <summary>In a child process: loads the server, one kind of request after the other.</summary>
internal static class HttpWork
{
    private const int Submitters = 64;
    private const int Pollers = 32;
    private const int PathsMax = 5000;
    private static readonly TimeSpan LightInterval = TimeSpan.FromMilliseconds(40);

    public static async Task<HttpTimes> RunAsync(ChildTask task)
    {
        ServerAtWork server = task.Http!;
        Requests requests = new(server);
        ConcurrentQueue<string> paths = [];
        // Not counted: code that is yet to be compiled, here and there.
        await SubmitAsync(server, requests, "warm", paths, task.Span / 2);
        byte[][] polls = [.. paths.Take(PathsMax).Select(requests.Poll)];
        await LoadAsync(server, Pollers, task.Span / 2, (_, number) => polls[number % polls.Length], 200, null);

        double[] light = await LightAsync(server, requests, task.Elements);
        UsageMeter submitting = UsageMeter.Start(0, task.Place.ServerProcess);
        double serverBefore = Usage.OfProcess(server.ProcessId).Cpu;
        double[] submits = await SubmitAsync(server, requests, "load", paths, task.Span);
        double submitCpu = Usage.OfProcess(server.ProcessId).Cpu - serverBefore;
        Stretch submitted = submitting.Stop(submits.Length);

        UsageMeter polling = UsageMeter.Start(0, task.Place.ServerProcess);
        serverBefore = Usage.OfProcess(server.ProcessId).Cpu;
        double[] polled = await LoadAsync(
            server, Pollers, task.Span, (_, number) => polls[number % polls.Length], 200, null);
        double pollCpu = Usage.OfProcess(server.ProcessId).Cpu - serverBefore;
        Stretch asked = polling.Stop(polled.Length);
        return new HttpTimes(
            submitted.HopsPerSecond,
            At(submits, 0.99),
            (submitCpu + submitted.Server.Cpu) * 1000 / submits.Length,
            At(light, 0.5),
            At(light, 0.99),
            asked.HopsPerSecond,
            (pollCpu + asked.Server.Cpu) * 1000 / polled.Length);
    }

    private static Task<double[]> SubmitAsync(
        ServerAtWork server, Requests requests, string name, ConcurrentQueue<string> paths, TimeSpan span)
    {
        OrderSource source = new(seed: 11);
        Order[] orders = [.. Enumerable.Range(0, 500).Select(_ => source.Next())];
        return LoadAsync(
            server,
            Submitters,
            span,
            (client, number) => requests.Submit($"{name}-{client}-{number}", orders[number % orders.Length]),
            202,
            answer =>
            {
                if (paths.Count < PathsMax)
                    paths.Enqueue(LoadConnection.Header(answer.Span, "Location: "));
            });
    }

    // So many clients, each of which sends its next request when it has the answer to its last; how long each took.
    private static async Task<double[]> LoadAsync(
        ServerAtWork server, int clients, TimeSpan span, Func<int, int, byte[]> request, int status,
        Action<ReadOnlyMemory<byte>>? answered)
    {
        long began = Stopwatch.GetTimestamp();
        List<double>[] took = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            using LoadConnection connection = await LoadConnection.OpenAsync(server.Address);
            List<double> own = [];
            for (int number = 0; Stopwatch.GetElapsedTime(began) < span; number++)
            {
                byte[] next = request(client, number);
                long sent = Stopwatch.GetTimestamp();
                ReadOnlyMemory<byte> answer = await connection.AskAsync(next, status);
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                answered?.Invoke(answer);
            }

            return own;
        })));
        return [.. took.SelectMany(own => own)];
    }

    private static async Task<double[]> LightAsync(ServerAtWork server, Requests requests, int count)
    {
        OrderSource source = new(seed: 12);
        using LoadConnection connection = await LoadConnection.OpenAsync(server.Address);
        using PeriodicTimer beat = new(LightInterval, TimeProvider.System);
        double[] took = new double[count];
        for (int i = 0; i < count; i++)
        {
            byte[] request = requests.Submit($"light-{i}", source.Next());
            await beat.WaitForNextTickAsync();
            long sent = Stopwatch.GetTimestamp();
            await connection.AskAsync(request, 202);
            took[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        }

        return took;
    }

    private static double At(double[] took, double share)
    {
        double[] sorted = [.. took.Order()];
        return sorted[(int)(sorted.Length * share)];
    }
}
