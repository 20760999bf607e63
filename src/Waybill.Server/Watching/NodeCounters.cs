using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Watching;

/// <summary>
/// What is at each node, each second, for all who listen: counted once, and only while somebody listens. Where counting
/// takes long it is done less often, so that looking never takes more than a tenth of the time.
/// </summary>
internal sealed partial class NodeCounters(
    SiteClient site, IServiceProvider services, TimeProvider time, ILogger<NodeCounters> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Channel<CountersEvent>, bool> listeners = new();

    /// <summary>The counters as they come; a listener who is slow misses some.</summary>
    public async IAsyncEnumerable<CountersEvent> ListenAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        Channel<CountersEvent> channel = Channel.CreateBounded<CountersEvent>(
            new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest });
        listeners.TryAdd(channel, true);
        try
        {
            yield return await CountAsync(cancel);
            await foreach (CountersEvent counters in channel.Reader.ReadAllAsync(cancel))
                yield return counters;
        }
        finally
        {
            listeners.TryRemove(channel, out _);
        }
    }

    /// <summary>One bounded pass: counts once and tells all, when there is anybody.</summary>
    internal async Task TellOnceAsync(CancellationToken cancel)
    {
        if (listeners.IsEmpty)
            return;
        CountersEvent counters = await CountAsync(cancel);
        foreach (Channel<CountersEvent> listener in listeners.Keys)
            listener.Writer.TryWrite(counters);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, time, stoppingToken);
                long begun = time.GetTimestamp();
                await TellOnceAsync(stoppingToken);
                pause = PauseAfter(time.GetElapsedTime(begun));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogUncounted(error);
            }
        }
    }

    // Nine tenths of the time are left to those who work; a count that only waited for the store puts off few others.
    private static TimeSpan PauseAfter(TimeSpan count) =>
        TimeSpan.FromTicks(long.Clamp(count.Ticks * 9, Interval.Ticks, IntervalMax.Ticks));

    private async Task<CountersEvent> CountAsync(CancellationToken cancel)
    {
        IReadOnlyList<NodeCount> counts = await site.Store.Directory.CountByNodeAsync(ElementFilter.All, cancel);
        ILookup<NodeAddress, NodeCount> byNode = counts.ToLookup(count => count.Node);
        Dictionary<NodeAddress, NodeSnapshot> here =
            services.GetService<Worker>()?.Snapshot().ToDictionary(snapshot => snapshot.Node) ?? [];
        return new CountersEvent(
            time.GetUtcNow(),
            [
                .. site.Nodes.Select(node => node.Node).Select(node => new NodeCountersAnswer(
                    node.Workflow, node.Version, node.Node,
                    byNode[node].ToDictionary(
                        count => EndpointWords.CamelCase(count.State.ToString()), count => count.Count),
                    here.TryGetValue(node, out NodeSnapshot? snapshot) ? HereAnswer.Of(snapshot) : null)),
            ]);
    }

    [LoggerMessage(6020, LogLevel.Warning, "Nodes cannot be counted for live updates now; it is tried again")]
    private partial void LogUncounted(Exception error);
}

/// <summary>What is at each node at an instant.</summary>
internal sealed record CountersEvent(DateTimeOffset At, IReadOnlyList<NodeCountersAnswer> Nodes);

/// <summary>What is at a node: in the whole site by state, and in this process.</summary>
internal sealed record NodeCountersAnswer(
    string Workflow, int Version, string Node, IReadOnlyDictionary<string, long> Elements, HereAnswer? Here);

/// <summary>What a node does in the process that answers, and has done since its worker started.</summary>
internal sealed record HereAnswer(int Ready, int Running, long Completed, long Retried, long Diverted, long Sidelined)
{
    public static HereAnswer Of(NodeSnapshot snapshot) => new(
        snapshot.Ready, snapshot.Running, snapshot.Completed, snapshot.Retried, snapshot.Diverted,
        snapshot.Sidelined);
}
