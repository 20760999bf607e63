using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>
/// Follows the journal of one site into a tracking store. Each row counts once: the rows of a pass and the position
/// behind them are one transaction, and what the site may forget is acknowledged after it.
/// </summary>
/// <remarks>
/// The site needs no feed: while none runs, rows wait in its journal. Several processes may run the feed of one site;
/// the store lets only one of two equal passes through.
/// </remarks>
/// <param name="site">The site's name in the tracking store.</param>
/// <param name="source">The site's store.</param>
/// <param name="store">Where the rows go.</param>
/// <param name="options">How much at once, how often.</param>
/// <param name="time">The clock of pauses and of the lag.</param>
public sealed class TrackingFeed(
    string site, ISiteStore source, TrackingStore store, TrackingOptions options, TimeProvider time)
{
    private JournalPosition? position;
    private DateTimeOffset tellAt;
    private JournalPosition acknowledged;
    private int processes;
    private TimeSpan lag;
    private long waitingSince;
    private bool hasRetaken;

    /// <summary>What the site's nodes can do at once; without it, nothing is known of their utilisation.</summary>
    public IReadOnlyList<NodeCapacity> Nodes { get; init; } = [];

    /// <summary>The site's name in the tracking store.</summary>
    public string Site => site;

    /// <summary>
    /// How old the oldest row of the last pass was when that was taken in: how far the answers of tracking are behind.
    /// Zero when there was nothing new. While rows cannot be taken in, because the tracking store is away, how old the
    /// oldest of them is by now.
    /// </summary>
    public TimeSpan Lag => Interlocked.Read(ref waitingSince) is > 0 and long ticks
        ? time.GetUtcNow() - new DateTimeOffset(ticks, TimeSpan.Zero)
        : lag;

    /// <summary>
    /// How many rows are yet to be taken in; counted as often as rows are acknowledged, 0 when the feed has caught up.
    /// </summary>
    public long RowsBehind { get; private set; }

    /// <summary>How many rows this feed has gone past, those that it has set aside among them.</summary>
    public long Rows { get; private set; }

    /// <summary>
    /// How many rows of the site are set aside because they cannot be taken in; counted as often as rows are
    /// acknowledged. <see cref="AsideDesk"/> tells which, and why. They are tried again when a feed starts.
    /// </summary>
    public long RowsAside { get; private set; }

    /// <summary>Takes in the next rows, as many as one pass may.</summary>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>How many rows were taken in; 0 when the feed has caught up.</returns>
    public async Task<int> PumpOnceAsync(CancellationToken cancel)
    {
        JournalPosition from = position ??= await BeginAsync(cancel);
        IReadOnlyList<JournalEntry> entries = await source.Journal.ReadAsync(from, options.BatchMax, cancel);
        if (entries.Count > 0)
        {
            // Whatever becomes of the pass, where the store stands is known only when it has answered.
            position = null;
            Interlocked.Exchange(ref waitingSince, entries[0].At.UtcTicks);
            TrackingPass pass = new(site, from, entries);
            if (!await store.ApplyAsync(pass, cancel))
                return entries.Count;
            position = pass.To;
            Rows += entries.Count;
        }

        lag = entries.Count == 0 ? TimeSpan.Zero : time.GetUtcNow() - entries[0].At;
        Interlocked.Exchange(ref waitingSince, 0);
        RowsBehind = entries.Count < options.BatchMax ? 0 : RowsBehind;
        await TellAsync(cancel);
        return entries.Count;
    }

    private async Task<JournalPosition> BeginAsync(CancellationToken cancel)
    {
        await source.Journal.OpenReaderAsync(options.Reader, cancel);
        JournalPosition reached = await store.PositionAsync(site, cancel);
        if (!hasRetaken)
            await store.RetakeAsync(site, cancel);
        hasRetaken = true;
        return reached;
    }

    // Not after each pass: an acknowledgement is a commit of the site's store, and only trimming waits for it.
    private async Task TellAsync(CancellationToken cancel)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (position is not { } done || now < tellAt)
            return;
        if (done != acknowledged)
            await source.Journal.AcknowledgeAsync(options.Reader, done, cancel);
        acknowledged = done;
        RowsBehind = await source.Journal.CountAfterAsync(done, cancel);
        RowsAside = await store.CountAsideAsync(site, cancel);
        int running = Math.Max(1, (await source.Workers.ListAsync(cancel)).Count);
        if (running != processes)
            await store.DeclareAsync(site, Nodes, running, cancel);
        processes = running;
        tellAt = now + options.AcknowledgeInterval;
    }
}
