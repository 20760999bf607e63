using Npgsql;
using Waybill.Tracking.Folding;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Postgres;

/// <summary>What a pass over a PostgreSQL store names, read at once before it is folded.</summary>
internal sealed class PostgresScope : FoldScope
{
    private const string Columns =
        "key, id, site, root, parent, business_key, node, state, hop, since, arrived_at, accepted_at, "
        + "ending, ended_at, batch, is_hidden, open, parts, subject, attributes, personal";

    private readonly Dictionary<ElementId, TrackedRow> byId = [];
    private readonly Dictionary<long, TrackedRow> byKey = [];
    private readonly Dictionary<string, SubjectKey> subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<long, byte[]> keys = [];
    private readonly Queue<long> newKeys = new();
    private readonly IReadOnlyDictionary<NodeAddress, int> nodes;

    private PostgresScope(int site, IReadOnlyDictionary<NodeAddress, int> nodes)
        : base(site) => this.nodes = nodes;

    public static async Task<PostgresScope> LoadAsync(
        PostgresSession session, int site, IReadOnlyDictionary<NodeAddress, int> nodes, PassContent content)
    {
        PostgresScope scope = new(site, nodes);
        Guid[] ids = [.. content.Elements.Select(id => id.Value)];
        await session.ReadAsync(
            $"""
            select {Columns} from waybill.element where id = any($1)
            union
            select {Columns} from waybill.element where key in (
                select root from waybill.element where id = any($1) and root <> key)
            """,
            scope.Take,
            ids);
        int unknown = ids.Count(id => !scope.byId.ContainsKey(new ElementId(id)));
        await session.ReadAsync(
            "select nextval('waybill.element_key') from generate_series(1, $1)",
            row => scope.newKeys.Enqueue(row.GetInt64(0)),
            unknown);
        await scope.LoadSubjectsAsync(session, content);
        return scope;
    }

    public override int NodeNumber(NodeAddress node) => nodes[node];

    public override SubjectKey SubjectOf(string name) => subjects[name];

    public override byte[]? KeyOf(long subject) => keys.GetValueOrDefault(subject);

    protected override long NextKey() => newKeys.Dequeue();

    protected override TrackedRow? Load(ElementId id) => byId.GetValueOrDefault(id);

    protected override TrackedRow? Load(long key) => byKey.GetValueOrDefault(key);

    private async Task LoadSubjectsAsync(PostgresSession session, PassContent content)
    {
        string[] names = [.. content.Subjects.Order(StringComparer.Ordinal)];
        if (names.Length > 0)
        {
            byte[][] made = [.. names.Select(_ => SubjectKey.NewKey())];
            await session.RunAsync(
                "insert into waybill.subject (name, key) select * from unnest($1, $2) on conflict (name) do nothing",
                names, made);
            await session.ReadAsync(
                "select name, id, key from waybill.subject where name = any($1)",
                row => subjects.Add(row.GetString(0), new SubjectKey(row.GetInt64(1), (byte[])row.GetValue(2))),
                (object)names);
        }

        foreach (SubjectKey subject in subjects.Values)
            keys[subject.Number] = subject.Key;
        long[] others = [.. byId.Values.Where(row => row.Subject is not null).Select(row => row.Subject!.Value)
            .Distinct().Where(number => !keys.ContainsKey(number))];
        if (others.Length > 0)
        {
            await session.ReadAsync(
                "select id, key from waybill.subject where id = any($1)",
                row => keys.Add(row.GetInt64(0), (byte[])row.GetValue(1)),
                others);
        }
    }

    private void Take(NpgsqlDataReader row)
    {
        int node = row.GetInt32(6);
        TrackedState state = (TrackedState)row.GetInt32(7);
        int? ending = row.IsDBNull(12) ? null : row.GetInt32(12);
        TrackedRow taken = new()
        {
            Key = row.GetInt64(0),
            Id = new ElementId(row.GetGuid(1)),
            Site = row.GetInt32(2),
            Root = row.GetInt64(3),
            Parent = row.IsDBNull(4) ? null : row.GetInt64(4),
            BusinessKey = row.GetString(5),
            Node = node,
            State = state,
            Hop = row.GetInt32(8),
            Since = row.GetInt64(9),
            ArrivedAt = row.GetInt64(10),
            AcceptedAt = row.GetInt64(11),
            Ending = ending,
            EndedAt = row.IsDBNull(13) ? null : row.GetInt64(13),
            Batch = row.IsDBNull(14) ? null : new ElementId(row.GetGuid(14)),
            IsHidden = row.GetBoolean(15),
            Open = row.GetInt32(16),
            Parts = row.GetInt32(17),
            Subject = row.IsDBNull(18) ? null : row.GetInt64(18),
            Attributes = row.IsDBNull(19) ? null : row.GetString(19),
            Personal = row.IsDBNull(20) ? null : (byte[])row.GetValue(20),
            CountedAt = ending is null ? (node, state) : null,
        };
        byId[taken.Id] = taken;
        byKey[taken.Key] = taken;
    }
}
