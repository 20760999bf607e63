using System.Data.Common;
using System.Text;
using Waybill.Stores;

namespace Waybill.Tracking.Reading;

/// <summary>Reads rows that are set aside.</summary>
internal static class AsideReading
{
    private const string Columns =
        "s.name, a.tx, a.number, a.at, a.kind, a.element, a.hop, a.workflow, a.version, a.node, a.worked, a.detail, "
        + "a.facts, a.reason from waybill.aside a join waybill.site s on s.id = a.site";

    public static async Task<IReadOnlyList<RowSetAside>> AllAsync(Shelf tracking, int max) =>
        await tracking.ReadAsync(
            $"select {Columns} order by s.name, a.tx, a.number limit @max", Read, ("@max", max));

    /// <summary>Rows of a site behind a position, in order.</summary>
    public static async Task<IReadOnlyList<JournalEntry>> OfSiteAsync(
        Shelf tracking, string site, JournalPosition after, int max) =>
        await tracking.ReadAsync(
            $"select {Columns} where s.name = @site and (a.tx > @tx or (a.tx = @tx and a.number > @number)) "
            + "order by a.tx, a.number limit @max",
            row => Read(row).Entry,
            ("@site", site), ("@tx", after.Transaction), ("@number", after.Number), ("@max", max));

    public static async Task<long> CountAsync(Shelf tracking, string site) =>
        (await tracking.ReadAsync(
            "select count(*) from waybill.aside a join waybill.site s on s.id = a.site where s.name = @site",
            row => row.GetInt64(0),
            ("@site", site)))[0];

    private static RowSetAside Read(DbDataReader row) => new(
        row.GetString(0),
        new JournalEntry(
            new JournalPosition(row.GetInt64(1), row.GetInt32(2)), row.GetInt64(3).ToTime(),
            (JournalKind)row.GetInt32(4), row.Id(5), row.GetInt32(6),
            new NodeAddress(row.GetString(7), row.GetInt32(8), row.GetString(9)), row.GetInt64(10).ToDuration(),
            Text(row, 11))
        {
            Facts = Text(row, 12),
        },
        row.GetString(13));

    private static string? Text(DbDataReader row, int column) =>
        row.OptionalBytes(column) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
