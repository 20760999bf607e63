using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What became of a commit.</summary>
/// <param name="Outcomes">One for each hop; those of missed ones are to be ignored.</param>
/// <param name="Missed">Plain hops that were not found as expected; nothing was written for them.</param>
/// <param name="Arrivals">Nodes that got ready elements.</param>
internal sealed record CommitResult(HopOutcome[] Outcomes, List<int> Missed, HashSet<int> Arrivals);

/// <summary>
/// Commits hops. Plain ones alone go in one round trip, as one transaction. With others among them, the places that
/// those concern are locked and loaded first, their moves decided in memory, and everything is written in a second
/// round trip that ends with the commit. See LOCKING.md.
/// </summary>
internal sealed class HopCommitter(SiteSchema schema, NodeNumbers nodes, HeldTables held)
{
    private readonly PlainHops plain = new(schema, nodes, held);
    private readonly References references = new(schema);
    private readonly BoardLoader loader = new(schema);
    private readonly ChangeWriter writer = new(schema, held);

    /// <summary>Commits plain hops only.</summary>
    public async Task<CommitResult> CommitPlainAsync(Session session, WorkerEpoch epoch, IReadOnlyList<Hop> hops)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        plain.AddWorkerLock(batch, epoch);
        int statements = plain.Add(batch, epoch, [.. hops.Select((hop, index) => (index + 1, hop))]);
        session.IsCommitting = true;
        bool[] isApplied = new bool[hops.Count];
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync())
        {
            if (!await reader.ReadAsync())
                throw new EpochLostException(epoch);
            await reader.NextResultAsync();
            await ReadAppliedAsync(reader, statements, number => isApplied[number - 1] = true);
        }

        session.IsCommitting = false;
        HashSet<int> arrivals = [];
        NoteArrivals(arrivals, hops.Where((_, index) => isApplied[index]));
        List<int> missed = [.. Enumerable.Range(0, hops.Count).Where(index => !isApplied[index])];
        return new CommitResult(new HopOutcome[hops.Count], missed, arrivals);
    }

    /// <summary>Commits hops of any kind in one transaction.</summary>
    /// <param name="session">Where.</param>
    /// <param name="fence">Which elements they may move.</param>
    /// <param name="work">The hops.</param>
    public async Task<CommitResult> CommitAsync(Session session, HopFence fence, HopBatch work)
    {
        List<Referenced> targets = await references.ResolveAsync(session, work.Targets);
        for (bool isCareful = false; ; isCareful = true)
        {
            BoardRequest request = work.Request(fence.Epoch, nodes, targets);
            Board board = await loader.LoadAsync(session, request, loaded => work.NeedMore(loaded, request));
            if (request.LoadsMarks)
                await nodes.LearnAsync(board.Places.Select(place => place.ElementNode), CancellationToken.None);
            Moves moves = new(board, nodes);
            HopOutcome[] outcomes = work.Judge(moves, fence);
            if (!await WriteAsync(session, work, outcomes, isCareful))
                continue;
            List<(int Number, Hop Hop)> plainRows = work.Move(board, moves, outcomes, targets);
            await FlushAsync(session, fence.Epoch, board, plainRows, work.NotePlainApplied);
            List<int> missed = work.PlainMissed();
            NoteArrivals(board.Changes.Arrivals, plainRows.Select(row => row.Hop));
            return new CommitResult(outcomes, missed, board.Changes.Arrivals);
        }
    }

    /// <summary>Runs statements that belong to no hop, in one transaction.</summary>
    /// <exception cref="WriteRefusedException">One touched another number of rows than it expected.</exception>
    public async Task<int> ExecuteAsync(Session session, IReadOnlyList<SqlWrite> writes)
    {
        if (AttachedWrites.Refuse(writes) is { } unsuitable)
            throw unsuitable;
        await loader.BeginAsync(session, writes.SelectMany(write => write.Locks));
        if (await AttachedWrites.RunAsync(session, writes) is { } refused)
            throw refused;
        session.IsCommitting = true;
        await session.ExecuteAsync("commit");
        session.IsCommitting = false;
        return writes.Count;
    }

    /// <summary>Writes what a board has gathered, and commits.</summary>
    public Task FlushAsync(Session session, Board board) => FlushAsync(session, null, board, [], _ => { });

    private async Task FlushAsync(
        Session session, WorkerEpoch? epoch, Board board, List<(int Number, Hop Hop)> plainRows, Action<int> applied)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        int statements = epoch is { } owner ? plain.Add(batch, owner, plainRows) : 0;
        writer.Add(batch, board);
        batch.Add("commit");
        session.IsCommitting = true;
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync())
            await ReadAppliedAsync(reader, statements, applied);
        session.IsCommitting = false;
    }

    // First all at once. When one fails, which undoes the transaction, again with each hop's in a savepoint of their
    // own.
    private static async Task<bool> WriteAsync(Session session, HopBatch work, HopOutcome[] outcomes, bool isCareful)
    {
        List<int> writing = work.Writing(outcomes);
        if (writing.Count == 0)
            return true;
        if (isCareful)
        {
            foreach (int index in writing)
                outcomes[index] = await WriteOneAsync(session, work.Hops[index]);
            return true;
        }

        if (await FailureAsync(session, writing.SelectMany(index => work.Hops[index].Writes)) is null)
            return true;
        await session.ExecuteAsync("rollback");
        return false;
    }

    private static async Task<HopOutcome> WriteOneAsync(Session session, Hop hop)
    {
        await session.ExecuteAsync("savepoint attached");
        if (await FailureAsync(session, hop.Writes) is not { } failure)
            return HopOutcome.Applied;
        await session.ExecuteAsync("rollback to savepoint attached");
        return new HopOutcome(HopStatus.WriteFailed, failure);
    }

    private static async Task<Exception?> FailureAsync(Session session, IEnumerable<SiteWrite> writes)
    {
        try
        {
            return await AttachedWrites.RunAsync(session, writes);
        }
        catch (Exception error) when (!Faults.IsOutage(error) || Faults.TookTooLong(error))
        {
            return error;
        }
    }

    private void NoteArrivals(HashSet<int> arrivals, IEnumerable<Hop> plainHops)
    {
        foreach (Hop hop in plainHops)
        {
            if (hop.To is Destination.Enqueue { Delay: null, Due: null, Slot.Held: null } to)
                arrivals.Add(nodes[to.Slot.Node]);
        }
    }

    private static async Task ReadAppliedAsync(NpgsqlDataReader reader, int statements, Action<int> applied)
    {
        for (int statement = 0; statement < statements; statement++)
        {
            if (await reader.ReadAsync() && !await reader.IsDBNullAsync(0))
            {
                foreach (int number in await reader.GetFieldValueAsync<int[]>(0))
                    applied(number);
            }

            await reader.NextResultAsync();
        }

        // The error of a later statement is only seen by going on to it.
        while (await reader.NextResultAsync())
        {
        }
    }
}
