using System.Data.Common;
using System.Text.Json;
using Waybill.Crash.Tests.Sites;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>Everything that a site knows after its processes have stopped: what the checks compare.</summary>
internal sealed record Books
{
    public required IReadOnlyDictionary<string, TicketRecord> Tickets { get; init; }

    /// <summary>Each element's journal rows, in their order.</summary>
    public required IReadOnlyDictionary<ElementId, IReadOnlyList<JournalEntry>> Histories { get; init; }

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
        List<(int Account, long Total)> balances = [];
        await ForEachAsync(
            connection,
            "select element, hop, account, amount from effect",
            row => effects.Add(new Effect(
                ElementId.Parse(row.GetString(0)), row.GetInt32(1), row.GetInt32(2), row.GetInt64(3))));
        await ForEachAsync(
            connection, "select account, total from balance", row => balances.Add((row.GetInt32(0), row.GetInt64(1))));
        await connection.CloseAsync();

        await store.OpenAsync(CancellationToken.None);
        return new Books
        {
            Tickets = await TicketsAsync(store.Tickets),
            Histories = await HistoriesAsync(store.Journal),
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

    private static async Task ForEachAsync(DbConnection connection, string sql, Action<DbDataReader> take)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            take(reader);
    }

    private static async Task<Dictionary<string, TicketRecord>> TicketsAsync(ITicketStore store)
    {
        List<TicketRecord> tickets = [];
        long? after = null;
        do
        {
            Page<TicketRecord> page = await store.ListAsync(
                TicketFilter.All, new PageRequest(1000, after), CancellationToken.None);
            tickets.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return tickets.ToDictionary(ticket => ticket.BusinessKey);
    }

    private static async Task<Dictionary<ElementId, IReadOnlyList<JournalEntry>>> HistoriesAsync(IJournalStore store)
    {
        Dictionary<ElementId, IReadOnlyList<JournalEntry>> histories = [];
        JournalPosition position = default;
        while (await store.ReadAsync(position, 10_000, CancellationToken.None) is { Count: > 0 } rows)
        {
            foreach (JournalEntry row in rows)
            {
                if (histories.TryGetValue(row.Element, out IReadOnlyList<JournalEntry>? history))
                    ((List<JournalEntry>)history).Add(row);
                else
                    histories.Add(row.Element, new List<JournalEntry> { row });
            }

            position = rows[^1].Position;
        }

        return histories;
    }
}

/// <summary>
/// One row that a hop wrote into the application's table; its hop is the one that the element had before.
/// </summary>
internal sealed record Effect(ElementId Element, int Hop, int Account, long Amount);

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
