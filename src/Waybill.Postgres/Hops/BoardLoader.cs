using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>
/// Begins a transaction, locks what it needs in one order for all (worker, names and lines, places, elements) and loads
/// it. What a row is about to need is often only seen in the row; then everything is let go and begun again with that
/// known, because to lock more in between would break the order and let two transactions wait for each other.
/// </summary>
internal sealed class BoardLoader(SiteSchema schema)
{
    private const string TakeLocks = "select pg_advisory_xact_lock(h) from unnest($1::bigint[]) h";

    private const int AttemptsMax = 20;

    private readonly LedgerLoader ledger = new(schema);
    private readonly string lockWorker = schema.Place("select 1 from waybill.worker where epoch = $1 for key share");
    private readonly string draw = schema.Place("select now(), nextval('waybill.number') from generate_series(1, $1)");
    private readonly string lockPlaces = schema.Place(
        """
        select 1 from unnest($1::bigint[]) k(key) join waybill.place p on p.key = any (array[k.key])
        order by k.key for no key update of p
        """);
    private readonly string lockElements = schema.Place(
        """
        select 1 from unnest($1::bigint[]) k(key) join waybill.element e on e.key = any (array[k.key])
        order by k.key for no key update of e
        """);
    private readonly string loadPlaces = schema.Place(
        $"""
        select {Place.Columns} from unnest($1::bigint[]) k(key)
        join waybill.place p on p.key = any (array[k.key])
        join waybill.element e on e.key = any (array[k.key])
        """);
    private readonly string loadLines = schema.Place(
        $"""
        select {Place.Columns}, l.n
        from unnest($1::integer[], $2::text[], $3::integer[]) with ordinality l(node, order_key, length, n)
        cross join lateral (
            select * from waybill.place p
            where p.node = l.node and hashtextextended(p.order_key, 0) = hashtextextended(l.order_key, 0)
              and p.order_key = l.order_key
            order by p.line limit l.length) p
        join waybill.element e on e.key = any (array[p.key])
        order by l.n, p.line
        """);
    private readonly string loadCalled = schema.Place(
        """
        with recursive called as (
            select key, id, caller_id from waybill.element where caller_id = any($1)
            union all
            select e.key, e.id, e.caller_id from called c
            cross join lateral (select * from waybill.element e where e.caller_id = c.id offset 0) e)
        select caller_id, key from called order by key
        """);
    private readonly string loadMembers = schema.Place(
        """
        select b.key, p.key from unnest($1::bigint[]) b(key)
        cross join lateral (select key from waybill.place p where p.batch = b.key order by p.batch, p.key offset 0) p
        """);
    private readonly string loadMailbox = schema.Place(
        """
        select w.key, m.number, m.payload from unnest($1::bigint[], $2::text[]) w(key, name)
        cross join lateral (
            select number, payload from waybill.mailbox m where m.key = w.key and m.name = w.name
            order by number limit 1) m
        """);

    /// <summary>Locks and loads; the session is in a transaction afterwards.</summary>
    /// <param name="session">Where.</param>
    /// <param name="request">What is needed as far as the caller knows.</param>
    /// <param name="needMore">Adds what the loaded rows show to be needed, and says whether that was new.</param>
    /// <exception cref="EpochLostException">The worker's epoch is not live.</exception>
    public async Task<Board> LoadAsync(Session session, BoardRequest request, Func<Board, bool>? needMore = null)
    {
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            Board board = await LoadOnceAsync(session, request, isAgain: attempt > 1);
            if (!NeedsMore(board, request) & needMore?.Invoke(board) != true)
                return board;
        }

        throw new StoreUnavailableException(
            "The elements of a transaction kept changing while it locked them. Nothing was written.");
    }

    /// <summary>Begins a transaction that has names to itself for which others contend.</summary>
    public async Task BeginAsync(Session session, IEnumerable<string> names)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add("begin");
        batch.Add(TakeLocks, Arg.Longs([.. names.Select(NameLock).Distinct().Order()]));
        await batch.ExecuteNonQueryAsync();
    }

    private async Task<Board> LoadOnceAsync(Session session, BoardRequest request, bool isAgain)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        if (isAgain)
            batch.Add("rollback");
        batch.Add("begin");
        if (request.Epoch is { } epoch)
            batch.Add(lockWorker, Arg.Long(epoch.Value));
        if (request.Names.Count + request.Lines.Count > 0)
            batch.Add(TakeLocks, Arg.Longs(LockNumbers(request)));
        batch.Add(draw, Arg.Int(1 + (request.NumbersMax / Numbers.BlockSize)));
        List<long> keys = [.. request.Keys];
        if (keys.Count > 0)
        {
            batch.Add(lockPlaces, Arg.Longs(keys));
            if (request.Movers.Count > 0)
                batch.Add(lockElements, Arg.Longs(request.Movers));
            // A statement of its own, so that it sees what those did for whose locks the one before had to wait.
            batch.Add(loadPlaces, Arg.Longs(keys));
        }

        List<LineKey> lines = [.. request.Lines.Keys];
        if (lines.Count > 0)
        {
            batch.Add(
                loadLines,
                Arg.Ints([.. lines.Select(line => line.Node)]),
                Arg.Texts([.. lines.Select(line => line.OrderKey)]),
                Arg.Ints([.. lines.Select(line => request.Lines[line])]));
        }

        if (request.Callers.Count > 0)
            batch.Add(loadCalled, Arg.Uuids([.. request.Callers]));
        if (request.Batches.Count > 0)
            batch.Add(loadMembers, Arg.Longs([.. request.Batches]));
        if (request.Waits.Count > 0)
        {
            batch.Add(
                loadMailbox, Arg.Longs([.. request.Waits.Select(wait => wait.Key)]),
                Arg.Texts([.. request.Waits.Select(wait => wait.Signal)]));
        }

        ledger.Add(batch, request);

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        return await ReadAsync(reader, request, lines);
    }

    private static async Task<Board> ReadAsync(NpgsqlDataReader reader, BoardRequest request, List<LineKey> lines)
    {
        // Results come in the order of the statements above; those that return no rows or nothing of use are skipped.
        if (request.Epoch is { } epoch)
        {
            if (!await reader.ReadAsync())
                throw new EpochLostException(epoch);
            await reader.NextResultAsync();
        }

        if (request.Names.Count + request.Lines.Count > 0)
            await reader.NextResultAsync();
        DateTime now = default;
        List<long> blocks = [];
        await reader.EachAsync(row =>
        {
            now = row.GetDateTime(0);
            blocks.Add(row.GetInt64(1));
        });
        Board board = new(now, new Numbers(blocks));
        if (request.Keys.Count > 0)
        {
            await reader.NextResultAsync();
            if (request.Movers.Count > 0)
                await reader.NextResultAsync();
            await reader.EachAsync(row => board.Load(Place.Read(row)));
        }

        if (lines.Count > 0)
        {
            List<Place>[] fronts = [.. lines.Select(_ => new List<Place>())];
            await reader.EachAsync(row => fronts[row.GetInt64(Place.ColumnCount) - 1].Add(Place.Read(row)));
            foreach ((int index, LineKey line) in lines.Index())
                board.LoadLine(line, fronts[index]);
        }

        if (request.Callers.Count > 0)
        {
            List<(Guid Caller, long Key)> called = [];
            await reader.EachAsync(row => called.Add((row.GetGuid(0), row.GetInt64(1))));
            board.Called = called.ToLookup(row => row.Caller, row => row.Key);
        }

        if (request.Batches.Count > 0)
        {
            List<(long Batch, long Key)> members = [];
            await reader.EachAsync(row => members.Add((row.GetInt64(0), row.GetInt64(1))));
            board.Members = members.ToLookup(row => row.Batch, row => row.Key);
        }

        if (request.Waits.Count > 0)
        {
            await reader.EachAsync(row =>
                board.Mailbox.Add(row.GetInt64(0), new KeptSignal(row.GetInt64(1), row.GetFieldValue<byte[]>(2))));
        }

        await LedgerLoader.ReadAsync(reader, request, board.Ledger);
        return board;
    }

    private static bool NeedsMore(Board board, BoardRequest request)
    {
        bool isMore = LedgerLoader.NeedsMore(board, request);
        foreach (IGrouping<LineKey, Place> line in
            board.Places.Where(place => place.OrderKey is not null).GroupBy(place => place.Line!.Value))
            isMore |= request.Need(line.Key, leavers: line.Count());
        foreach (long key in board.Called.SelectMany(called => called).Concat(board.Members.SelectMany(of => of)))
            isMore |= request.Keys.Add(key);
        return isMore;
    }

    // Numbers in place of names, in ascending order. Two names of one number only wait for each other needlessly.
    private List<long> LockNumbers(BoardRequest request) =>
        [
            .. request.Names.Select(NameLock)
                .Concat(request.Lines.Keys.Select(line => LockNumber($"{schema.Name}\0{line.Node}\0{line.OrderKey}")))
                .Distinct().Order(),
        ];

    private long NameLock(string name) => LockNumber($"{schema.Name}\0name\0{name}");

    private static long LockNumber(string name) =>
        BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}

internal static class ReaderRows
{
    /// <summary>Reads the rows of the present result and goes to the next.</summary>
    public static async Task EachAsync(this NpgsqlDataReader reader, Action<NpgsqlDataReader> row)
    {
        while (await reader.ReadAsync())
            row(reader);
        await reader.NextResultAsync();
    }
}
