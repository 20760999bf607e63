using System.Collections.Concurrent;
using System.Globalization;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>Sends a number of odd requests over a few connections, and judges every answer.</summary>
internal sealed class FuzzRun(FuzzSite site, int seed, long count)
{
    private const int Connections = 12;
    private const int FaultsMax = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WaitPatience = TimeSpan.FromMilliseconds(100);

    private readonly FuzzSource source = new(seed, site.Routes, site.Pool);
    private readonly FuzzJudge judge = new(site.Pool, site.Folder);
    private readonly ConcurrentDictionary<int, long> statuses = new();
    private readonly ConcurrentDictionary<string, long> successes = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly List<long> heaps = [];
    private long next = -1;

    public IReadOnlyList<string> Faults => [.. faults];

    /// <summary>The size of the heap after each tenth of the run, in bytes.</summary>
    public IReadOnlyList<long> Heaps => heaps;

    public async Task RunAsync()
    {
        for (int tenth = 1; tenth <= 10 && faults.Count < FaultsMax; tenth++)
        {
            long end = count * tenth / 10;
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(end))));
            next = end - 1;
            heaps.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    public string Report()
    {
        IEnumerable<string> byStatus = statuses.OrderBy(status => status.Key)
            .Select(status => string.Create(CultureInfo.InvariantCulture, $"{NameOf(status.Key)}: {status.Value:N0}"));
        IEnumerable<string> unreached =
            site.Routes.Select(route => route.Name).Where(name => !successes.ContainsKey(name));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {statuses.Values.Sum():N0} requests to {site.Routes.Count} routes, seed {seed}
            {string.Join(", ", byStatus)}
            heap after each tenth, in MB: {string.Join(" ", heaps.Select(heap => heap >> 20))}
            routes that never answered with success: {string.Join(", ", unreached)}
            """);
    }

    private async Task SendAsync(long end)
    {
        RawConnection? connection = null;
        for (long number; (number = Interlocked.Increment(ref next)) < end && faults.Count < FaultsMax;)
        {
            FuzzRequest request = source.Make(number);
            connection ??= await RawConnection.OpenAsync(site.Address);
            FuzzAnswer answer = await AskAsync(connection, request);
            if (answer.IsLast)
            {
                connection.Dispose();
                connection = null;
            }

            Note(request, answer);
        }

        connection?.Dispose();
    }

    private static async Task<FuzzAnswer> AskAsync(RawConnection connection, FuzzRequest request)
    {
        using CancellationTokenSource patience =
            new(request.MayWait ? WaitPatience : Patience, TimeProvider.System);
        return await connection.AskAsync(request, patience.Token);
    }

    private void Note(FuzzRequest request, FuzzAnswer answer)
    {
        statuses.AddOrUpdate(answer.Status, 1, static (_, many) => many + 1);
        if (judge.Fault(request, answer) is { } fault)
            faults.Enqueue($"{fault}\n{request}\n--- answer: {answer}");
        if (answer.Status is < 200 or >= 300)
            return;
        successes.AddOrUpdate(request.Route.Name, 1, static (_, many) => many + 1);
        site.Pool.Learn(request.Route.Family, answer.Text, new Random((int)request.Number));
    }

    private static string NameOf(int status) => status switch
    {
        0 => "closed",
        -1 => "hung up",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };
}
