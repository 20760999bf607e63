using System.Text;
using Waybill.Stores;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Postgres;

/// <summary>Rows of journals that are set aside.</summary>
internal static class PostgresAside
{
    public static async Task KeepAsync(
        PostgresSession session, int site, IReadOnlyList<(JournalEntry Entry, string Reason)> rows)
    {
        if (rows.Count == 0)
            return;
        await session.RunAsync(
            """
            insert into waybill.aside (
                site, tx, number, at, kind, element, hop, workflow, version, node, worked, detail, facts, reason)
            select $1, * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            on conflict (site, tx, number) do update set reason = excluded.reason
            """,
            site,
            rows.Select(row => row.Entry.Position.Transaction).ToArray(),
            rows.Select(row => row.Entry.Position.Number).ToArray(),
            rows.Select(row => row.Entry.At.ToMicros()).ToArray(),
            rows.Select(row => (int)row.Entry.Kind).ToArray(),
            rows.Select(row => row.Entry.Element.Value).ToArray(),
            rows.Select(row => row.Entry.Hop).ToArray(),
            rows.Select(row => row.Entry.Node.Workflow).ToArray(),
            rows.Select(row => row.Entry.Node.Version).ToArray(),
            rows.Select(row => row.Entry.Node.Node).ToArray(),
            rows.Select(row => row.Entry.Worked.ToMicros()).ToArray(),
            rows.Select(row => Bytes(row.Entry.Detail)).ToArray(),
            rows.Select(row => Bytes(row.Entry.Facts)).ToArray(),
            rows.Select(row => row.Reason).ToArray());
    }

    /// <returns>How many of them were there.</returns>
    public static Task<int> RemoveAsync(PostgresSession session, int site, IReadOnlyList<PassItem> items) =>
        session.RunAsync(
            "delete from waybill.aside a using unnest($2, $3) as r (tx, number) "
            + "where a.site = $1 and a.tx = r.tx and a.number = r.number",
            site,
            items.Select(item => item.Entry.Position.Transaction).ToArray(),
            items.Select(item => item.Entry.Position.Number).ToArray());

    // Text of a journal may have characters that this database does not keep in texts.
    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
