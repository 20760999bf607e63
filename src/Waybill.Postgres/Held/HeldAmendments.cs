using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>Changes the data of elements where they stand, on the board.</summary>
internal sealed class HeldAmendments(
    SiteSchema schema, NodeNumbers nodes, HeldTables tables, Lanes lanes, Arrivals arrivals)
{
    private readonly BoardLoader loader = new(schema);
    private readonly HopCommitter committer = new(schema, nodes, tables);

    public async Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel)
    {
        (bool[] isApplied, HashSet<int> woken) =
            await lanes.Requests.RunAsync(session => AmendAsync(session, amendments), cancel);
        await arrivals.NoteAsync(woken);
        return isApplied;
    }

    private async Task<(bool[] IsApplied, HashSet<int> Arrivals)> AmendAsync(
        Session session, IReadOnlyList<Amendment> amendments)
    {
        BoardRequest request = new();
        request.Keys.UnionWith(amendments.Select(amendment => amendment.Key));
        Board board = await loader.LoadAsync(
            session, request, loaded => request.NeedLines(loaded, amendments.Select(one => (one.Key, one.Slot))));
        await nodes.LearnAsync(board.Places.Select(place => place.ElementNode), CancellationToken.None);
        bool[] isApplied = [.. amendments.Select(amendment => Amend(board, amendment))];
        await committer.FlushAsync(session, board);
        return (isApplied, board.Changes.Arrivals);
    }

    private bool Amend(Board board, Amendment amendment)
    {
        if (board.Find(amendment.Key) is not { } place
            || !place.IsAt(amendment.Id, amendment.Hop, amendment.Revision))
            return false;
        tables.RequireFits(place, nodes[place.Node], amendment.Slot);
        board.Revise(place, amendment.Data, amendment.Slot);
        board.Changes.Write(JournalKind.Amended, place, amendment.Detail, amendment.Facts);
        return true;
    }
}
