using System.Data.Common;
using System.Globalization;
using System.Text;
using Waybill.Stores;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Reading;

/// <summary>Reads rows that are set aside, and what became of others.</summary>
internal static class AsideReading
{
    private const string Rows = "from waybill.aside a join waybill.site s on s.id = a.site";
    private const string Acts = "from waybill.aside_act a join waybill.site s on s.id = a.site";

    private const string Select =
        "select a.id, s.name, a.tx, a.number, a.at, a.kind, a.element, a.hop, a.workflow, a.version, a.node, a.worked, "
        + $"a.detail, a.facts, a.reason, a.subject, a.is_erased {Rows}";

    public static async Task<Page<RowSetAside>> ListAsync(Shelf tracking, AsideFilter filter, PageRequest page)
    {
        Condition condition = Of(filter).And("a.id > @", page.After);
        // One row more than asked for tells whether there is a next page.
        List<SealedRow> found = await tracking.ReadAsync(
            $"{Select} where {condition.Text} order by a.id limit {Invariant(page.Size + 1)}", Read,
            condition.Arguments);
        SubjectKeys keys = new(tracking);
        List<RowSetAside> opened = [];
        foreach (SealedRow row in found.Take(page.Size))
            opened.Add(await OpenAsync(row, keys));
        return new Page<RowSetAside>(opened, found.Count > page.Size ? opened[^1].Id : null);
    }

    public static async Task<long> CountAsync(Shelf tracking, AsideFilter filter)
    {
        Condition condition = Of(filter);
        return (await tracking.ReadAsync(
            $"select count(*) {Rows} where {condition.Text}", row => row.GetInt64(0), condition.Arguments))[0];
    }

    public static async Task<Page<AsideAct>> ActsAsync(Shelf tracking, AsideActFilter filter, PageRequest page)
    {
        Condition condition = Of(filter).And("a.id > @", page.After);
        List<AsideAct> found = await tracking.ReadAsync(
            "select a.id, a.at, a.act, s.name, a.tx, a.number, a.kind, a.element, a.actor, a.reason "
            + $"{Acts} where {condition.Text} order by a.id limit {Invariant(page.Size + 1)}",
            row => new AsideAct(
                row.GetInt64(0), row.GetInt64(1).ToTime(), (AsideActKind)row.GetInt32(2), row.GetString(3),
                new JournalPosition(row.GetInt64(4), row.GetInt32(5)), (JournalKind)row.GetInt32(6), row.Id(7),
                new Actor(row.GetString(8), row.OptionalText(9))),
            condition.Arguments);
        return new Page<AsideAct>(
            [.. found.Take(page.Size)], found.Count > page.Size ? found[page.Size - 1].Id : null);
    }

    public static async Task<long> CountActsAsync(Shelf tracking, AsideActFilter filter)
    {
        Condition condition = Of(filter);
        return (await tracking.ReadAsync(
            $"select count(*) {Acts} where {condition.Text}", row => row.GetInt64(0), condition.Arguments))[0];
    }

    private static Condition Of(AsideFilter filter) => new Condition()
        .And("a.id = @", filter.Id)
        .And("s.name = @", filter.Site)
        .And("a.element = @", filter.Element)
        .And("a.workflow = @", filter.Workflow)
        .And("a.kind = @", (int?)filter.Kind)
        .And("a.reason = @", filter.Reason);

    private static Condition Of(AsideActFilter filter) => new Condition()
        .And("a.act = @", (int?)filter.Act)
        .And("a.element = @", filter.Element);

    private static async Task<RowSetAside> OpenAsync(SealedRow sealedRow, SubjectKeys keys)
    {
        (RowSetAside row, byte[]? detail, byte[]? facts, long? subject) = sealedRow;
        byte[]? key = await keys.FindAsync(subject);
        if (subject is not null && key is null)
            return row with { IsErased = true };
        return row with { Entry = row.Entry with { Detail = Opened(detail), Facts = Opened(facts) } };

        string? Opened(byte[]? kept) => kept is null ? null
            : Encoding.UTF8.GetString(key is null ? kept : Seal.Open(key, row.Entry.Element, kept));
    }

    private static SealedRow Read(DbDataReader row) => new(
        new RowSetAside(
            row.GetInt64(0),
            row.GetString(1),
            new JournalEntry(
                new JournalPosition(row.GetInt64(2), row.GetInt32(3)), row.GetInt64(4).ToTime(),
                (JournalKind)row.GetInt32(5), row.Id(6), row.GetInt32(7),
                new NodeAddress(row.GetString(8), row.GetInt32(9), row.GetString(10)), row.GetInt64(11).ToDuration(),
                null),
            row.GetString(14))
        {
            IsErased = row.GetInt32(16) != 0,
        },
        row.OptionalBytes(12),
        row.OptionalBytes(13),
        row.OptionalLong(15));

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A row as it is kept: detail and facts are sealed when there is a subject.</summary>
    private sealed record SealedRow(RowSetAside Row, byte[]? Detail, byte[]? Facts, long? Subject);
}
