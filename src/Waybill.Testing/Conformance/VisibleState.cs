using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>All that can be seen of a store, as lines of text that are equal when two stores are.</summary>
internal static class VisibleState
{
    /// <summary>The steps in which time is compared, so that the seconds which a run takes do not show.</summary>
    public static readonly TimeSpan TimeStep = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<string>> OfAsync(ComparedStore side, IEnumerable<string> counters)
    {
        List<string> lines = [];
        await AddElementsAsync(side, lines);
        await AddTicketsAsync(side, lines);
        await AddSidelinedAsync(side, lines);
        await AddHeldAsync(side, lines);
        await AddLedgerAsync(side, lines);
        await AddJournalAsync(side, lines);
        foreach (string kind in RandomRecords.Kinds)
        {
            List<StoredRecord> records = await AllAsync(
                page => side.Store.Records.ListAsync(new RecordFilter(kind), page, CancellationToken.None));
            // What one call created has no order.
            lines.AddRange(records.Select(record => Of(side, record)).Order(StringComparer.Ordinal));
        }

        foreach (WorkerRecord worker in await side.Store.Workers.ListAsync(CancellationToken.None))
            lines.Add($"worker {worker.Name} {Steps(side, worker.LeaseUntil)} owns {worker.Owned}");
        foreach (string counter in counters)
            lines.Add($"counter {counter} = {await side.Fixture.ReadAsync(counter)}");
        return lines;
    }

    public static string Of(ClaimedElement element) =>
        $"{Name(element.Id)} \"{element.BusinessKey}\" at {element.Node} hop {element.Hop} arrived {element.ArrivedHop}"
        + $" attempt {element.Attempt} data {Text(element.Data)} failure {element.Failure}"
        + $" caller {Of(element.Caller)} awaited {element.AwaitedSignal} cancel {element.CancelRequested}"
        + $" in line {element.InLine}"
        + string.Concat(element.Replies.Select(reply =>
            $" reply {reply.Slot} {reply.Ending} {Text(reply.Value)} {reply.Reason}"));

    public static string Name(ElementId element) =>
        $"e{BitConverter.ToInt32(element.Value.ToByteArray())}";

    public static string Name(ChangeId change) => $"c{BitConverter.ToInt32(change.Value.ToByteArray())}";

    public static string Text(ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);

    private static async Task AddElementsAsync(ComparedStore side, List<string> lines)
    {
        List<ElementSummary> elements = await AllAsync(
            page => side.Store.Directory.ListAsync(ElementFilter.All, page, CancellationToken.None));
        List<long> keys = [];
        foreach (ElementSummary element in elements)
        {
            ElementDetails found = (await side.Store.Directory.FindAsync(
                ElementRef.Of(element.Id), CancellationToken.None))!;
            keys.Add(found.Key);
            lines.Add(
                $"element {Name(element.Id)} \"{element.BusinessKey}\" at {element.Node} {element.State}"
                + $" hop {element.Hop} caller {Name(element.Caller)} cancel {element.CancelRequested}"
                + $" data {Text(found.Data)} due {Steps(side, found.Due)} awaits {found.AwaitedSignal}"
                + $" pending {found.PendingCalls} revision {found.Revision} batch {Name(found.Batch)}");
            List<BatchMember> members = await AllAsync(
                page => side.Store.Held.MembersAsync(element.Id, page, CancellationToken.None));
            lines.AddRange(members.Select(member =>
                $"member {Name(member.Id)} of {Name(element.Id)} \"{member.BusinessKey}\""
                + $" data {Text(member.Data)}"));
        }

        IReadOnlyList<ElementFence> fences = await side.Store.Elements.FencesAsync(keys, CancellationToken.None);
        lines.AddRange(fences
            .OrderBy(fence => fence.Key)
            .Select(fence => $"fence {keys.IndexOf(fence.Key)} {fence.Hop} {fence.State} {side.NameOf(fence.Owner)}"));
        IReadOnlyList<NodeCount> counts = await side.Store.Directory.CountByNodeAsync(
            ElementFilter.All, CancellationToken.None);
        lines.AddRange(counts
            .Select(count => $"count {count.Node} {count.State} {count.Count}")
            .Order(StringComparer.Ordinal));
    }

    private static async Task AddTicketsAsync(ComparedStore side, List<string> lines)
    {
        List<TicketRecord> tickets = await AllAsync(
            page => side.Store.Tickets.ListAsync(TicketFilter.All, page, CancellationToken.None));
        lines.AddRange(tickets.Select(ticket =>
            $"ticket {Name(ticket.Id)} {ticket.Workflow} \"{ticket.BusinessKey}\" {ticket.Ending}"
            + $" {Text(ticket.Result)} {ticket.Reason}"));
    }

    private static async Task AddSidelinedAsync(ComparedStore side, List<string> lines)
    {
        List<SidelinedElement> sidelined = await AllAsync(
            page => side.Store.Sidelined.ListAsync(SidelinedFilter.All, page, CancellationToken.None));
        lines.AddRange(sidelined.Select(element =>
            $"sidelined {Name(element.Id)} at {element.Node} hop {element.Hop} {element.Failure}"
            + $" caller {Of(element.Caller)} data {Text(element.Data)}"));
        IReadOnlyList<SidelinedGroup> groups = await side.Store.Sidelined.GroupAsync(
            SidelinedFilter.All, CancellationToken.None);
        lines.AddRange(groups
            .Select(group => $"group {group.Node} {group.FailureType} {group.Message} {group.Count}")
            .Order(StringComparer.Ordinal));
    }

    // Two that were held in one step of time may be told apart by one store and not by the other, so they are sorted.
    private static async Task AddHeldAsync(ComparedStore side, List<string> lines)
    {
        foreach (NodeAddress queue in RandomHeldRows.Queues)
        {
            HeldPage page = await side.Store.Held.ListAsync(
                queue, HeldFilter.All, new HeldPageRequest(1000), CancellationToken.None);
            lines.AddRange(
                page.Items.Select(held => $"held at {queue} {Of(side, held)}").Order(StringComparer.Ordinal));
        }
    }

    public static string Of(ComparedStore side, HeldElement held) =>
        $"{Name(held.Id)} \"{held.BusinessKey}\" hop {held.Hop} revision {held.Revision} in {held.Group}"
        + $" since {Steps(side, held.HeldAt)} caller {Of(held.Caller)}: {Of(held.Values)}";

    public static string Of(ComparedStore side, StoredRecord? record) => record is null
        ? "no record"
        : $"record {record.Key.Kind} {record.Key.Name} = {Text(record.Value)}"
            + $" created {Steps(side, record.CreatedAt)} changed {Steps(side, record.ChangedAt)}"
            + $" until {Steps(side, record.KeptUntil)}";

    public static string Of(ComparedStore side, HeldGroup group) =>
        $"{Of(group.Keys)}: {group.Count} since {Steps(side, group.OldestAt)}, {Of(group.Measures)}";

    // A number is the same with and without zeros at its end.
    private static string Of(IEnumerable<HeldValue> values) => string.Join(
        " | ", values.Select(value => value.Number?.ToString("G29", CultureInfo.InvariantCulture) ?? $"{value}"));

    private static async Task AddLedgerAsync(ComparedStore side, List<string> lines)
    {
        List<ChangeRecord> records = await AllAsync(
            page => side.Store.Changes.ListAsync(ChangeFilter.All, page, CancellationToken.None));
        lines.AddRange(records.SelectMany(record => Of(side, record)));
        IReadOnlyDictionary<ChangeOutcome, long> counts = await side.Store.Changes.CountAsync(
            ChangeFilter.All, CancellationToken.None);
        lines.AddRange(counts.OrderBy(count => count.Key).Select(count => $"outcomes {count.Key} {count.Value}"));
    }

    public static IEnumerable<string> Of(ComparedStore side, ChangeRecord record) =>
    [
        $"change {Name(record.Id)} {record.Type} of {Name(record.Element)} {record.Workflow} \"{record.BusinessKey}\""
            + $" {Text(record.Payload)} by {record.Actor} since {Steps(side, record.RequestedAt)}",
        .. record.Outcomes.OrderBy(outcome => outcome.Element).Select(outcome =>
            $"change {Name(record.Id)} at {Name(outcome.Element)}: {outcome.Outcome} at {outcome.Node}"
            + $" hop {outcome.Hop} since {Steps(side, outcome.At)} {outcome.Reason} {Normal(outcome.Difference)}"),
    ];

    public static string Of(PendingChange pending) =>
        $"{Name(pending.Change)} {pending.Type} {Text(pending.Payload)} at {Name(pending.Element.Summary.Id)}"
        + $" {pending.Element.Summary.Node} hop {pending.Element.Summary.Hop} revision {pending.Element.Revision}"
        + $" data {Text(pending.Element.Data)} concerned {pending.IsConcerned}";

    public static string Of(IReadOnlyList<HopOutcome> outcomes) => string.Join(
        ", ",
        outcomes.Select(outcome => outcome.Changes is { } pending
            ? $"{outcome.Status} ({string.Join(' ', pending.Select(Of))})"
            : $"{outcome.Status}"));

    private static string Of(ChangeMark mark) =>
        $"{Name(mark.Change)} {mark.Type} {Text(mark.Payload)} {mark.IsConcerned}";

    // Rows of different elements may stand in any order within a transaction; those of one element may not.
    private static async Task AddJournalAsync(ComparedStore side, List<string> lines)
    {
        List<JournalEntry> rows = [];
        JournalPosition last = default;
        while (await side.Store.Journal.ReadAsync(last, 100, CancellationToken.None) is { Count: > 0 } read)
        {
            rows.AddRange(read);
            last = read[^1].Position;
        }

        lines.AddRange(rows
            .GroupBy(row => row.Element)
            .OrderBy(history => history.Key)
            .SelectMany(history => history)
            .Select(Of));
    }

    /// <summary>One element's history, page by page, and its count.</summary>
    public static async Task<string> HistoryAsync(ComparedStore side, HistoryFilter filter, HistoryPageRequest first)
    {
        List<string> lines = [$"{await side.Store.Journal.CountHistoryAsync(filter, CancellationToken.None)}"];
        for (HistoryPageRequest? page = first; page is not null;)
        {
            HistoryPage part = await side.Store.Journal.HistoryAsync(filter, page, CancellationToken.None);
            lines.AddRange(part.Items.Select(Of));
            page = part.Next is { } next ? new HistoryPageRequest(first.Size, next, first.NewestFirst) : null;
        }

        return string.Join('\n', lines);
    }

    private static string Of(JournalEntry row) =>
        $"journal {Name(row.Element)} {row.Kind} hop {row.Hop} at {row.Node} worked {row.Worked}"
        + $" {Normal(row.Detail)} {Normal(row.Facts)}";

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> list)
    {
        List<T> all = [];
        for (PageRequest? page = new(Size: 7); page is not null;)
        {
            Page<T> part = await list(page);
            all.AddRange(part.Items);
            page = part.Next is { } next ? new PageRequest(7, next) : null;
        }

        return all;
    }

    private static string Of(CallerRef? caller) =>
        caller is null ? "none" : $"{Name(caller.Id)}@{caller.Hop}/{caller.Slot}";

    private static string Name(ElementId? element) => element is null ? "none" : Name(element.Value);

    private static string Steps(ComparedStore side, DateTimeOffset? instant) => instant is null
        ? "never"
        : ((long)Math.Ceiling((instant.Value - side.Fixture.Now) / TimeStep)).ToString(CultureInfo.InvariantCulture);

    // Stores may write the same JSON with other spaces and escapes, and members of a batch that were held within one
    // step of time in another order.
    private static string? Normal(string? json)
    {
        if (json is null)
            return null;
        JsonNode node = JsonNode.Parse(json)!;
        if (node is JsonObject detail && detail["members"] is JsonArray members)
        {
            IEnumerable<string> sorted = members.Select(member => $"{member}").Order(StringComparer.Ordinal);
            detail["members"] = new JsonArray([.. sorted.Select(id => JsonValue.Create(id))]);
        }

        return JsonSerializer.Serialize(node);
    }
}
