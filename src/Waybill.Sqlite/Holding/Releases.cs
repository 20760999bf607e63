using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>Releases held elements into batches.</summary>
internal sealed class Releases(
    Database database, HeldTables held, Intake intake, ElementRows elements, Places places, JournalWriter journal)
{
    public HeldReleased Release(HeldRelease release)
    {
        HeldTable table = held.Table(release.Queue);
        held.RequireFits(release.Batch.Slot);
        Conditions matching = HeldQuestions.Matching(table, release.Filter);
        if (release.Gate is { } gate && Judge(table, release.Filter, gate) is { } reason)
            return new HeldReleased(reason, 0);
        List<long> keys = database.All(
            $"SELECT h.key FROM {table.Name} h WHERE {matching.Text} ORDER BY h.held_at, h.key LIMIT {release.Max}",
            matching,
            row => row.Long(0));
        if (keys.Count == 0)
            return new HeldReleased(HeldReleaseStatus.NothingHeld, 0);
        ElementRow[] members = [.. keys.Select(key => elements.Find(key)!)];
        long batch = intake.InsertBatch(
            release.Batch, JournalDetail.Released(
                release.Batch.BusinessKey, release.Note, members.Select(member => member.Id)));
        long node = elements.NodeNumber(release.ResumeAt);
        string detail = JournalDetail.Batched(release.Batch.Id);
        foreach (ElementRow member in members)
            Join(member, batch, node, detail);
        return new HeldReleased(HeldReleaseStatus.Released, members.Length);
    }

    /// <returns>Why nothing is released; null when the gate is open.</returns>
    private HeldReleaseStatus? Judge(HeldTable table, HeldFilter filter, HeldGate gate)
    {
        Conditions matching = HeldQuestions.Matching(table, filter);
        string isOpen = HeldQuestions.IsOpen(table, gate, matching);
        (long count, bool mayPass) = database.All(
            $"SELECT COUNT(*), {isOpen} FROM {table.Name} h WHERE {matching.Text}", matching,
            row => (row.Long(0), row.Long(1) != 0))[0];
        return count == 0 ? HeldReleaseStatus.NothingHeld : mayPass ? null : HeldReleaseStatus.GateClosed;
    }

    private void Join(ElementRow member, long batch, long node, string detail)
    {
        elements.Join(member.Key, node);
        places.Put(member.Place, member.Place with
        {
            Node = node,
            State = ElementState.Batched,
            Hop = member.Hop + 1,
            Attempts = 0,
            Batch = batch,
        });
        journal.Write(JournalKind.Batched, member.Id, member.Hop + 1, node, detail);
    }
}
