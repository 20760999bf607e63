using Waybill;
using Waybill.Stores;

namespace Bookstore.Views;

/// <summary>
/// Follows the site's journal: what became of orders, of all processes and since the journal's beginning, without a
/// word from the pipeline itself.
/// </summary>
public sealed class OrderFigures(IJournalStore journal)
{
    private const int RowsMax = 5000;
    private const int TimesKept = 20_000;
    private readonly Dictionary<ElementId, DateTimeOffset> open = [];
    private readonly Queue<TimeSpan> times = [];
    private JournalPosition position;

    public long In { get; private set; }

    public long Complete { get; private set; }

    /// <summary>Closed with nothing, or only a part, shipped.</summary>
    public long Cancelled { get; private set; }

    /// <summary>Ended without a result.</summary>
    public long Failed { get; private set; }

    public long Closed => Complete + Cancelled + Failed;

    /// <summary>How often an order had to wait for books.</summary>
    public long BackOrdered { get; private set; }

    /// <summary>Reads on, one bounded pass. False when there was nothing new.</summary>
    public async Task<bool> ReadOnceAsync(CancellationToken cancel)
    {
        IReadOnlyList<JournalEntry> rows = await journal.ReadAsync(position, RowsMax, cancel);
        foreach (JournalEntry row in rows.Where(row => row.Node.Workflow == Orders.Workflow.Name))
            TakeIn(row);
        if (rows.Count > 0)
            position = rows[^1].Position;
        return rows.Count > 0;
    }

    /// <summary>The time from accepted to closed that a part of the last orders did not exceed.</summary>
    /// <param name="part">From 0 to 1; 0.99 for the 99th percentile.</param>
    public TimeSpan TimeOf(double part)
    {
        if (times.Count == 0)
            return TimeSpan.Zero;
        TimeSpan[] sorted = [.. times.Order()];
        return sorted[Math.Min((int)(sorted.Length * part), sorted.Length - 1)];
    }

    private void TakeIn(JournalEntry row)
    {
        switch (row.Kind)
        {
            case JournalKind.Accepted:
                In++;
                open[row.Element] = row.At;
                break;
            case JournalKind.Waits when row.Node.Node == Orders.BackOrder.Name:
                BackOrdered++;
                break;
            case JournalKind.Finished:
                Complete += row.Node.Node == Orders.Complete.Name ? 1 : 0;
                Cancelled += row.Node.Node == Orders.Complete.Name ? 0 : 1;
                Close(row);
                break;
            case JournalKind.Failed or JournalKind.Cancelled or JournalKind.Dropped:
                Failed++;
                Close(row);
                break;
            default:
                break;
        }
    }

    private void Close(JournalEntry row)
    {
        if (!open.Remove(row.Element, out DateTimeOffset accepted))
            return;
        times.Enqueue(row.At - accepted);
        if (times.Count > TimesKept)
            times.Dequeue();
    }
}
