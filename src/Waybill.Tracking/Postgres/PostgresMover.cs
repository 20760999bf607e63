namespace Waybill.Tracking.Postgres;

/// <summary>Moves finished families to the warehouse, those of one site in one transaction.</summary>
internal sealed class PostgresMover(
    Func<Func<PostgresSession, Task<int>>, Task<int>> transact, Action<TrackingStep> passing)
{
    private const string Kept =
        "key, id, site, root, parent, business_key, node, state, hop, since, arrived_at, accepted_at, "
        + "ending, ended_at, batch, subject, attributes, personal";

    public async Task<int> MoveAsync(int familiesMax)
    {
        List<string> sites = [];
        List<int> months = [];
        await transact(async session =>
        {
            await session.ReadAsync("select name from waybill.site order by id", row => sites.Add(row.GetString(0)));
            await session.ReadAsync(
                "select distinct to_char(to_timestamp(at / 1000000.0) at time zone 'UTC', 'YYYYMM')::integer "
                + "from waybill.finished",
                row => months.Add(row.GetInt32(0)));
            return 0;
        });
        // In transactions of their own: making a partition locks the whole warehouse.
        foreach (int month in months)
            await transact(session => PostgresSchema.MakeMonthAsync(session, month));
        int moved = 0;
        foreach (string site in sites)
        {
            if (moved < familiesMax)
                moved += await transact(session => MoveAsync(session, site, familiesMax - moved));
        }

        return moved;
    }

    private async Task<int> MoveAsync(PostgresSession session, string name, int familiesMax)
    {
        // No pass can bring rows of these families meanwhile.
        int site = (await PostgresSites.LockAsync(session, name)).Number;
        List<long> roots = [];
        List<int> months = [];
        await session.ReadAsync(
            """
            select f.root, to_char(to_timestamp(f.at / 1000000.0) at time zone 'UTC', 'YYYYMM')::integer
            from waybill.finished f join waybill.element e on e.key = f.root
            where e.open = 0 and e.site = $1
                and f.root not in (select m.root from waybill.aside a join waybill.element m on m.id = a.element)
            order by f.root limit $2
            """,
            row =>
            {
                roots.Add(row.GetInt64(0));
                months.Add(row.GetInt32(1));
            },
            site, familiesMax);
        if (roots.Count == 0)
            return 0;
        List<long> members = [];
        List<int> monthOf = [];
        await session.ReadAsync(
            """
            select r.root, r.month from unnest($1, $2) as r (root, month)
            union all
            select e.key, r.month from unnest($1, $2) as r (root, month)
            join waybill.element e on e.root = r.root and e.root <> e.key
            """,
            row =>
            {
                members.Add(row.GetInt64(0));
                monthOf.Add(row.GetInt32(1));
            },
            roots.ToArray(), months.ToArray());
        await CopyAsync(session, [.. members], [.. monthOf]);
        passing(TrackingStep.FamiliesCopied);
        foreach (string table in (string[])["attribute", "history"])
            await session.RunAsync($"delete from waybill.{table} where element = any($1)", members.ToArray());
        await session.RunAsync("delete from waybill.element where key = any($1)", members.ToArray());
        await session.RunAsync("delete from waybill.finished where root = any($1)", roots.ToArray());
        return roots.Count;
    }

    private static async Task CopyAsync(PostgresSession session, long[] members, int[] months)
    {
        string columns = string.Join(", ", Kept.Split(", ").Select(column => $"e.{column}"));
        await session.RunAsync(
            $"insert into waybill_warehouse.element ({Kept}, month) select {columns}, m.month "
            + "from unnest($1, $2) as m (key, month) join waybill.element e on e.key = m.key",
            members, months);
        await session.RunAsync(
            "insert into waybill_warehouse.history (element, part, steps, month) "
            + "select h.element, h.part, h.steps, m.month "
            + "from unnest($1, $2) as m (key, month) join waybill.history h on h.element = m.key",
            members, months);
    }
}
