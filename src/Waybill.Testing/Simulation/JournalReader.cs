using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Reads the journal with a cursor while it is written, and, now and then, while a transaction's rows come to sight
/// later than those of the next one, as they do in a store whose transactions commit out of order.
/// </summary>
internal sealed class JournalReader(World world)
{
    private const int BatchMax = 20;

    private readonly SortedDictionary<long, TimeSpan> lateUntil = [];
    private JournalPosition cursor;

    public List<JournalPosition> Seen { get; } = [];

    public void Act()
    {
        if (world.Happens(0.3))
            MakeLate();
        foreach (long visible in lateUntil.Where(late => late.Value <= world.Now).Select(late => late.Key).ToArray())
            lateUntil.Remove(visible);
        IReadOnlyList<JournalEntry> rows = world.Site.Journal.ReadAsync(cursor, BatchMax, default).Result;
        foreach (JournalEntry row in InSight(rows))
        {
            Seen.Add(row.Position);
            cursor = row.Position;
        }
    }

    /// <summary>Reads to the end, when nothing is late any more.</summary>
    public void ReadOut()
    {
        lateUntil.Clear();
        int before;
        do
        {
            before = Seen.Count;
            Act();
        }
        while (Seen.Count > before);
    }

    private void MakeLate()
    {
        if (world.Store.State.Journal.LastOrDefault() is not { } last || last.Position.CompareTo(cursor) <= 0)
            return;
        world.Fired(FaultKind.LateJournal, "journal");
        lateUntil[last.Position.Transaction] = world.Now + TimeSpan.FromMilliseconds(world.Chance.Next(2000));
    }

    private IEnumerable<JournalEntry> InSight(IEnumerable<JournalEntry> rows) =>
        world.Settings.Mutation == Mutation.JournalBySequence
            ? rows.Where(row => !lateUntil.ContainsKey(row.Position.Transaction))
            : rows.TakeWhile(row => !lateUntil.ContainsKey(row.Position.Transaction));
}
