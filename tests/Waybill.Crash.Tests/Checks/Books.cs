using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Waybill.Crash.Tests.Sites;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>Everything that a site knows after its processes have stopped: what the checks compare.</summary>
internal sealed record Books
{
    public required IReadOnlyDictionary<string, TicketRecord> Tickets { get; init; }

    /// <summary>Each element's journal rows, in their order; what they tell of changes left out.</summary>
    public required IReadOnlyDictionary<ElementId, IReadOnlyList<JournalEntry>> Histories { get; init; }

    /// <summary>What the journal tells of changes.</summary>
    public required IReadOnlyList<JournalEntry> ChangeRows { get; init; }

    /// <summary>The ledger of changes.</summary>
    public required IReadOnlyList<ChangeRecord> Changes { get; init; }

    /// <summary>The members that waves noted.</summary>
    public required IReadOnlyList<Boarding> Boardings { get; init; }

    public required IReadOnlyList<NodeCount> InFlight { get; init; }

    public required IReadOnlyList<SidelinedGroup> Sidelined { get; init; }

    public required IReadOnlyList<Effect> Effects { get; init; }

    public required IReadOnlyDictionary<int, long> Balances { get; init; }

    public required IReadOnlyList<RunLine> Runs { get; init; }

    public static async Task<Books> ReadAsync(CrashSite site)
    {
        await using DbConnection connection = await site.ConnectAsync();
        await using ISiteStore store = site.CreateStore();
        List<Effect> effects = [];
        List<Boarding> boardings = [];
        List<(int Account, long Total)> balances = [];
        await ForEachAsync(
            connection,
            "select element, hop, account, amount from effect",
            row => effects.Add(new Effect(
                ElementId.Parse(row.GetString(0)), row.GetInt32(1), row.GetInt32(2), row.GetInt64(3))));
        await ForEachAsync(
            connection,
            "select wave, member from boarding",
            row => boardings.Add(new Boarding(ElementId.Parse(row.GetString(0)), ElementId.Parse(row.GetString(1)))));
        await ForEachAsync(
            connection, "select account, total from balance", row => balances.Add((row.GetInt32(0), row.GetInt64(1))));
        await connection.CloseAsync();

        await store.OpenAsync(CancellationToken.None);
        List<JournalEntry> journal = await JournalAsync(store.Journal);
        return new Books
        {
            Tickets = (await AllAsync(page => store.Tickets.ListAsync(TicketFilter.All, page, CancellationToken.None)))
                .ToDictionary(ticket => ticket.BusinessKey),
            Histories = journal.Where(row => !IsOfChange(row))
                .GroupBy(row => row.Element)
                .ToDictionary(history => history.Key, history => (IReadOnlyList<JournalEntry>)[.. history]),
            ChangeRows = [.. journal.Where(IsOfChange)],
            Changes = await AllAsync(page => store.Changes.ListAsync(ChangeFilter.All, page, CancellationToken.None)),
            Boardings = boardings,
            InFlight = await store.Directory.CountByNodeAsync(ElementFilter.All, CancellationToken.None),
            Sidelined = await store.Sidelined.GroupAsync(SidelinedFilter.All, CancellationToken.None),
            Effects = effects,
            Balances = balances.ToDictionary(balance => balance.Account, balance => balance.Total),
            Runs = [.. Directory.EnumerateFiles(site.RunsFolder).SelectMany(RunLine.Read)],
        };
    }

    /// <summary>The business key that an element was accepted with.</summary>
    public static string KeyOf(IReadOnlyList<JournalEntry> history)
    {
        using JsonDocument detail = JsonDocument.Parse(history[0].Detail!);
        return detail.RootElement.GetProperty("key").GetString()!;
    }

    /// <summary>The number in the key of a parcel, or of a leg.</summary>
    public static int NumberOf(string key) =>
        int.Parse(key.AsSpan("parcel-".Length, 7), CultureInfo.InvariantCulture);

    public static bool IsWave(IReadOnlyList<JournalEntry> history) => history[0].Kind == JournalKind.Released;

    private static async Task ForEachAsync(DbConnection connection, string sql, Action<DbDataReader> take)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            take(reader);
    }

    private static bool IsOfChange(JournalEntry row) =>
        row.Kind is JournalKind.ChangeRequested or JournalKind.ChangeResolved;

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> read)
    {
        List<T> all = [];
        long? after = null;
        do
        {
            Page<T> page = await read(new PageRequest(1000, after));
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static async Task<List<JournalEntry>> JournalAsync(IJournalStore store)
    {
        List<JournalEntry> journal = [];
        JournalPosition position = default;
        while (await store.ReadAsync(position, 10_000, CancellationToken.None) is { Count: > 0 } rows)
        {
            journal.AddRange(rows);
            position = rows[^1].Position;
        }

        return journal;
    }
}

/// <summary>
/// One row that a hop wrote into the application's table; its hop is the one that the element had before.
/// </summary>
internal sealed record Effect(ElementId Element, int Hop, int Account, long Amount);

/// <summary>A member of a wave, as the wave noted it.</summary>
internal sealed record Boarding(ElementId Wave, ElementId Member);

/// <summary>One run of a handler, as a child logged it.</summary>
internal sealed record RunLine(string IdempotencyKey, string Node, string BusinessKey, string Worker)
{
    /// <summary>The runs of one process; a last line that the kill cut off is left out.</summary>
    public static IEnumerable<RunLine> Read(string file)
    {
        string text = File.ReadAllText(file);
        string worker = Path.GetFileName(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(parts => new RunLine(parts[0], parts[1], parts[2], worker));
    }
}
