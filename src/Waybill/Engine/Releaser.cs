using Microsoft.Extensions.Logging;
using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Releases from the hosted aggregation queues what their rules say. A rule is only a question here: the store answers
/// it again in the transaction of the release, so it does not matter how many processes ask, or how late.
/// </summary>
internal sealed partial class Releaser : IDisposable
{
    // Looking at a large queue costs time; nine tenths of it are left to those who work, as long as a look takes half a
    // second. A longer one may only have waited, for rows that a paused process has locked or for a store that hangs.
    private const int RestPerWork = 9;
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(5);
    private const int GroupsMax = 1000;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(10);

    private readonly EngineContext context;
    private readonly BatchBuilder batches;
    private readonly Dictionary<NodeAddress, Watch> watches;
    private readonly HostedNodes hosted;
    private readonly ILogger log;

    public Releaser(EngineContext context, HostedNodes hosted)
    {
        this.context = context;
        batches = new BatchBuilder(context.Site, context.NewId);
        log = context.Logging.CreateLogger<Releaser>();
        watches = hosted.All
            .Select(runner => runner.Node)
            .Where(node => node.Definition.Hold is { Rules.Count: > 0 })
            .ToDictionary(node => node.Address, node => new Watch(node));
        this.hosted = hosted;
    }

    /// <summary>Raised after each release by a rule: the queue, the rule, how many members.</summary>
    public event Action<NodeAddress, string, int>? Released;

    /// <summary>Set when a rule may have become true.</summary>
    public Wake Wake { get; } = new();

    /// <summary>Something was held at a node.</summary>
    public void Held(NodeAddress node)
    {
        if (!watches.TryGetValue(node, out Watch? watch))
            return;
        watch.IsDirty = true;
        Wake.Set();
    }

    /// <summary>
    /// Looks at every queue again: what others held there, and what time has made true.
    /// </summary>
    public void Poll()
    {
        foreach (Watch watch in watches.Values)
            watch.IsDirty = true;
        if (watches.Count > 0)
            Wake.Set();
    }

    /// <summary>
    /// Looks once at every queue that may have something to release. Returns how many batches were made.
    /// </summary>
    public async Task<int> ReleaseOnceAsync()
    {
        int made = 0;
        foreach (Watch watch in watches.Values.Where(IsDue))
        {
            watch.IsDirty = false;
            long begun = context.Time.GetTimestamp();
            try
            {
                made += await ReleaseAsync(watch);
                TimeSpan rest = context.Time.GetElapsedTime(begun) * RestPerWork;
                watch.Rest(context.Time, rest < RestMax ? rest : RestMax);
            }
            catch
            {
                watch.IsDirty = true;
                throw;
            }
        }

        return made;
    }

    /// <summary>When a rule may become true by itself, if nothing comes and goes; null for never.</summary>
    public async Task<DateTimeOffset?> NextDueAsync()
    {
        DateTimeOffset now = await context.Store.NowAsync(CancellationToken.None);
        DateTimeOffset? next = null;
        foreach (PlacedNode node in watches.Values.Select(watch => watch.Node))
        {
            HeldGroup all = (await context.Store.Held.GroupAsync(node.Address, new HeldQuery(), default))[0];
            if (all.OldestAt is not { } oldest)
                continue;
            foreach (HoldRule rule in node.Definition.Hold!.Rules)
            {
                if (rule.DueAfter(now, oldest) is { } due && due > now && (next is null || due < next))
                    next = due;
            }
        }

        return next;
    }

    public void Dispose() => Wake.Dispose();

    private bool IsDue(Watch watch) =>
        watch.IsDirty && watch.HasRested(context.Time) && !hosted.Find(watch.Node.Address)!.IsPaused;

    private async Task<int> ReleaseAsync(Watch watch)
    {
        int made = 0;
        PlacedNode node = watch.Node;
        // Since when something is held is written by the store's clock; whose clock is ahead must not release early.
        DateTimeOffset now = await context.Store.NowAsync(CancellationToken.None);
        foreach (HoldRule rule in node.Definition.Hold!.Rules)
        {
            HeldQuery ripe = new()
            {
                Filter = rule.FilterAt(now),
                GroupBy = [HeldQuery.GroupKey],
                Having = rule.GateAt(now),
            };
            IReadOnlyList<HeldGroup> groups =
                await context.Store.Held.GroupAsync(node.Address, ripe, CancellationToken.None);
            watch.IsDirty |= groups.Count == GroupsMax;
            foreach (HeldGroup group in groups)
            {
                if (await ReleaseAsync(node, rule, group.Keys[0].Text!, now) is not { } ofGroup)
                {
                    watch.HasFaulted(context.Time);
                    return made;
                }

                made += ofGroup;
            }
        }

        return made;
    }

    /// <summary>
    /// Releases what a rule means of one group, in as many batches as it takes; null when the code that makes their
    /// data failed.
    /// </summary>
    private async Task<int?> ReleaseAsync(PlacedNode node, HoldRule rule, string group, DateTimeOffset now)
    {
        int batchMax = node.Definition.Hold!.BatchMax;
        HeldFilter filter = rule.FilterAt(now) with { Group = group };
        HeldGate? gate = rule.GateAt(now);
        Actor actor = new(rule.ToString());
        for (int made = 0; ; made++)
        {
            if (Release(node, filter, gate, actor, now) is not { } release)
                return null;
            HeldReleased released = await context.Store.Held.ReleaseAsync(release, CancellationToken.None);
            if (released.Status != HeldReleaseStatus.Released)
                return made;
            Released?.Invoke(node.Address, actor.Name, released.Members);
            LogReleased(released.Members, group, node.Address, actor.Name, release.Batch.Id);
            if (released.Members < batchMax)
                return made + 1;
            if (rule.TakesAll)
            {
                // The rule was true of the whole group; what is held by now goes too, though the oldest is gone.
                filter = filter with { HeldBefore = now.AddMicroseconds(1) };
                gate = null;
            }
        }
    }

    private HeldRelease? Release(
        PlacedNode node, HeldFilter filter, HeldGate? gate, Actor actor, DateTimeOffset now)
    {
        try
        {
            return batches.Release(node, filter, node.Definition.Hold!.BatchMax, gate, actor, now);
        }
        catch (Exception error)
        {
            LogFaulted(node.Address, actor.Name, PauseAfterFault, error);
            return null;
        }
    }

    [LoggerMessage(
        2402, LogLevel.Error,
        "Nothing was released from {Queue} {Rule}: the code that makes the batch's data failed. Again in {Pause}")]
    private partial void LogFaulted(NodeAddress queue, string rule, TimeSpan pause, Exception error);

    [LoggerMessage(
        2401, LogLevel.Debug,
        "Released {Count} elements of group {Group} from {Queue} {Rule}, as batch {Batch}")]
    private partial void LogReleased(int count, string group, NodeAddress queue, string rule, ElementId batch);

    /// <summary>What the releaser knows of one queue.</summary>
    private sealed class Watch(PlacedNode node)
    {
        private long restsFrom;
        private TimeSpan rest;
        private volatile bool isDirty = true;

        public PlacedNode Node => node;

        /// <summary>Whether a rule may have become true since the last look.</summary>
        public bool IsDirty
        {
            get => isDirty;
            set => isDirty = value;
        }

        public bool HasRested(TimeProvider time) => time.GetElapsedTime(restsFrom) >= rest;

        /// <summary>Is not looked at for a while; not less than it was told before.</summary>
        public void Rest(TimeProvider time, TimeSpan span)
        {
            if (!HasRested(time) && rest - time.GetElapsedTime(restsFrom) > span)
                return;
            restsFrom = time.GetTimestamp();
            rest = span;
        }

        public void HasFaulted(TimeProvider time)
        {
            isDirty = true;
            Rest(time, PauseAfterFault);
        }
    }
}
