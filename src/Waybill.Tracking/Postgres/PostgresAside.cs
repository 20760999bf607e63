using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Postgres;

/// <summary>Rows of journals that are set aside, and what operators did with them.</summary>
internal static class PostgresAside
{
    private const string IsTextless =
        "excluded.subject is null and excluded.detail is null and excluded.facts is null";

    private const string Traced =
        """
        insert into waybill.aside_act (at, act, site, tx, number, kind, element, actor, reason)
        select $1::bigint, $2::integer, g.site, g.tx, g.number, g.kind, g.element, $3::text, $4::text
        from gone g order by g.id
        """;

    public static async Task KeepAsync(
        PostgresSession session, int site, IReadOnlyList<AsideRow> rows, FoldScope scope)
    {
        if (rows.Count == 0)
            return;
        AsideTexts[] texts = [.. rows.Select(row => row.Texts(scope))];
        // A row that is set aside again keeps what is left of it when its texts are gone by now.
        await session.RunAsync(
            $"""
            insert into waybill.aside as a (
                site, tx, number, at, kind, element, hop, workflow, version, node, worked, detail, facts, reason,
                subject)
            select $1, * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::bigint[])
            on conflict (site, tx, number) do update set reason = excluded.reason,
                subject = case when {IsTextless} then a.subject else excluded.subject end,
                detail = case when {IsTextless} then a.detail else excluded.detail end,
                facts = case when {IsTextless} then a.facts else excluded.facts end
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
            texts.Select(text => text.Detail).ToArray(),
            texts.Select(text => text.Facts).ToArray(),
            rows.Select(row => row.Reason).ToArray(),
            texts.Select(text => text.Subject).ToArray());
    }

    /// <returns>How many of them were there.</returns>
    public static Task<int> RemoveAsync(
        PostgresSession session, int site, IReadOnlyList<PassItem> items, AsideTrace? by)
    {
        long[] transactions = [.. items.Select(item => item.Entry.Position.Transaction)];
        int[] numbers = [.. items.Select(item => item.Entry.Position.Number)];
        return by is null
            ? session.RunAsync(
                "delete from waybill.aside a using unnest($2, $3) as r (tx, number) "
                + "where a.site = $1 and a.tx = r.tx and a.number = r.number",
                site, transactions, numbers)
            : session.RunAsync(
                "with gone as (delete from waybill.aside a using unnest($6, $7) as r (tx, number) "
                + $"where a.site = $5 and a.tx = r.tx and a.number = r.number returning a.*) {Traced}",
                by.At.ToMicros(), (int)by.Act, by.By.Name, by.By.Reason, site, transactions, numbers);
    }

    /// <returns>How many of them were there.</returns>
    public static Task<int> DismissAsync(PostgresSession session, IReadOnlyList<long> ids, AsideTrace by) =>
        session.RunAsync(
            $"with gone as (delete from waybill.aside a where a.id = any($5) returning a.*) {Traced}",
            by.At.ToMicros(), (int)by.Act, by.By.Name, by.By.Reason, ids.ToArray());

    /// <returns>Of how many rows texts were forgotten.</returns>
    public static Task<int> ForgetAsync(PostgresSession session, DateTimeOffset before) =>
        session.RunAsync(
            "update waybill.aside set detail = null, facts = null, is_erased = 1 "
            + "where subject is null and at < $1 and (detail is not null or facts is not null)",
            before.ToMicros());
}
