using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Tells all who wait in this process of what happens to elements. However many wait, one reader follows the journal
/// for them, and only while somebody waits; endings that this process commits are told at once.
/// </summary>
/// <remarks>Watch first, then look, then wait: what happens after the looking is told.</remarks>
public sealed partial class ElementWatch : BackgroundService, IHostedLifecycleService
{
    private const int RowsMax = 1000;

    private readonly ConcurrentDictionary<ElementId, Watched> watched = new();
    private readonly IJournalStore journal;
    private readonly SiteClient site;
    private readonly TicketOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<ElementWatch> log;
    private JournalPosition? position;
    private int waiting;

    /// <summary>Begins to listen to this process; the journal is followed while the service runs.</summary>
    /// <param name="site">The site.</param>
    /// <param name="options">How often the journal is looked at.</param>
    /// <param name="time">The clock of pauses.</param>
    /// <param name="log">Where failures go.</param>
    public ElementWatch(SiteClient site, TicketOptions options, TimeProvider time, ILogger<ElementWatch> log)
    {
        ArgumentNullException.ThrowIfNull(site);
        this.site = site;
        this.options = options;
        this.time = time;
        this.log = log;
        journal = site.Store.Journal;
        site.Ended += OnEnded;
    }

    /// <summary>How many watches are open.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Whether the process is stopping, so that nobody should go on waiting.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Raised when a watch was opened.</summary>
    internal event Action? Opened;

    /// <summary>Begins to watch an element. Dispose it when done.</summary>
    /// <param name="element">Which.</param>
    /// <param name="endingOnly">Whether only its ending matters, not each of its steps.</param>
    public ElementWatching Open(ElementId element, bool endingOnly)
    {
        ElementWatching watching = new(this, element, endingOnly);
        watched.AddOrUpdate(
            element, _ => new Watched([watching]), (_, before) => new Watched([.. before.All, watching]));
        Interlocked.Increment(ref waiting);
        Opened?.Invoke();
        return watching;
    }

    /// <summary>Takes in what the journal tells since the last time, and tells those whom it concerns.</summary>
    /// <param name="cancel">Stops between reads.</param>
    public async Task LookOnceAsync(CancellationToken cancel)
    {
        if (watched.IsEmpty)
        {
            position = null;
            return;
        }

        if (position is null)
        {
            position = await journal.EndAsync(cancel);
            // Whatever happened between their looking and this position is not read: they look for themselves.
            WakeAll();
            return;
        }

        IReadOnlyList<JournalEntry> rows;
        do
        {
            rows = await journal.ReadAsync(position.Value, RowsMax, cancel);
            foreach (JournalEntry row in rows)
                Wake(row.Element, IsEnding(row.Kind));
            if (rows.Count > 0)
                position = rows[^1].Position;
        }
        while (rows.Count == RowsMax);
    }

    /// <summary>
    /// Ends all waiting, before the host stops its server: that waits for requests to end, and theirs must not be the
    /// time that others have to stop in.
    /// </summary>
    /// <param name="cancellationToken">Not used: it takes no time.</param>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        WakeAll();
        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Dispose()
    {
        site.Ended -= OnEnded;
        base.Dispose();
    }

    internal void Close(ElementWatching watching)
    {
        Interlocked.Decrement(ref waiting);
        while (watched.TryGetValue(watching.Element, out Watched? before))
        {
            Watched left = new([.. before.All.Where(other => other != watching)]);
            bool isDone = left.All.Length == 0
                ? watched.TryRemove(KeyValuePair.Create(watching.Element, before))
                : watched.TryUpdate(watching.Element, left, before);
            if (isDone)
                return;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool hasFailed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.LookInterval, time, stoppingToken);
                await LookOnceAsync(stoppingToken);
                hasFailed = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                if (!hasFailed)
                    LogFailed(error);
                hasFailed = true;
            }
        }
    }

    private static bool IsEnding(JournalKind kind) =>
        kind is JournalKind.Finished or JournalKind.Failed or JournalKind.Cancelled or JournalKind.Dropped;

    private void OnEnded(ElementId element) => Wake(element, isEnding: true);

    private void Wake(ElementId element, bool isEnding)
    {
        if (watched.TryGetValue(element, out Watched? found))
        {
            foreach (ElementWatching watching in found.All)
                watching.Tell(isEnding);
        }
    }

    private void WakeAll()
    {
        foreach (Watched each in watched.Values)
        {
            foreach (ElementWatching watching in each.All)
                watching.Tell(isEnding: true);
        }
    }

    [LoggerMessage(5101, LogLevel.Warning, "The journal cannot be followed; long polls wait until it can")]
    private partial void LogFailed(Exception error);

    // Compared by reference, so that an update replaces just what it saw.
    private sealed class Watched(ElementWatching[] all)
    {
        public ElementWatching[] All => all;
    }
}
