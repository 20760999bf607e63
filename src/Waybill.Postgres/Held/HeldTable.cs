using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>The table of one aggregation queue, as this process declared it.</summary>
internal sealed class HeldTable
{
    private static readonly HashSet<string> Taken =
        ["key", "group_key", "held_at", "oid", "tableoid", "xmin", "xmax", "cmin", "cmax", "ctid"];

    private readonly SiteSchema schema;
    private readonly string[] sqlNames;
    private string? hopsInto;
    private string? accepts;

    public HeldTable(SiteSchema schema, int node, HeldQueue queue)
    {
        this.schema = schema;
        Queue = queue;
        Node = node;
        Name = NameOf(schema, node);
        sqlNames = [.. queue.Columns.Select(column => SqlNameOf(column.Name))];
        Insert = $"""
            insert into {Name} (key, {Columns})
            select key, {Inserted("v")} from unnest($1::bigint[], {Unnested(2)}) v(key, {Aliases()})
            """;
        Update = UpdateSetting("held_at = case when h.group_key = v.group_key then h.held_at else now() end, ");
        Refill = UpdateSetting("");
    }

    public HeldQueue Queue { get; }

    /// <summary>The number of its node.</summary>
    public int Node { get; }

    /// <summary>The table, with its schema.</summary>
    public string Name { get; }

    /// <summary>Inserts rows: their keys, and the arguments that <see cref="Arguments"/> makes of them.</summary>
    public string Insert { get; }

    /// <summary>
    /// Gives rows new values, with arguments as above; one that goes to another group is held anew.
    /// </summary>
    public string Update { get; }

    /// <summary>As <see cref="Update"/>, but all are held since when they were.</summary>
    public string Refill { get; }

    /// <summary>All columns except the key, to insert into, in the order of <see cref="Inserted"/>.</summary>
    public string Columns => $"held_at, group_key{string.Concat(sqlNames.Select(name => $", {name}"))}";

    /// <summary>The declared columns, to read of <c>h</c> behind others.</summary>
    public string Values => string.Concat(sqlNames.Select(name => $", h.{name}"));

    public static string NameOf(SiteSchema schema, int node) =>
        schema.Place(FormattableString.Invariant($"waybill.held_{node}"));

    /// <summary>The statement of plain hops into this queue; made once.</summary>
    public string HopsInto(Func<HeldTable, string> statement) => hopsInto ??= schema.Place(statement(this));

    /// <summary>The statement of submissions that begin in this queue; made once.</summary>
    public string Accepts(Func<HeldTable, string> statement) => accepts ??= schema.Place(statement(this));

    /// <summary>The column's own name in the table.</summary>
    public string SqlName(int column) => sqlNames[column];

    /// <summary>The number of a column by its declared name.</summary>
    /// <exception cref="HeldQueryException">There is none.</exception>
    public int IndexOf(string column)
    {
        for (int index = 0; index < Queue.Columns.Count; index++)
        {
            if (string.Equals(Queue.Columns[index].Name, column, StringComparison.OrdinalIgnoreCase))
                return index;
        }

        throw new HeldQueryException(
            $"The aggregation queue {Queue.Node} has no column \"{column}\". Its columns are: "
            + $"{string.Join(", ", Queue.Columns.Select(known => known.Name))}.");
    }

    /// <summary>What elements are grouped by: a column, or the group key.</summary>
    /// <exception cref="HeldQueryException">There is no such column.</exception>
    public (string Sql, HeldType Type) Key(string column)
    {
        if (column.Equals(HeldQuery.GroupKey, StringComparison.OrdinalIgnoreCase))
            return ("h.group_key", HeldType.Text);
        int index = IndexOf(column);
        return ($"h.{sqlNames[index]}", Queue.Columns[index].Type);
    }

    /// <summary>The own name in the table of a column of numbers, by its declared name.</summary>
    /// <exception cref="HeldQueryException">There is none, or it holds something else.</exception>
    public string NumberColumn(string column)
    {
        int index = IndexOf(column);
        return Queue.Columns[index].Type == HeldType.Number
            ? sqlNames[index]
            : throw new HeldQueryException(
                $"The column \"{column}\" of {Queue.Node} holds {Queue.Columns[index].Type}; a number is needed.");
    }

    /// <summary>What stands for the values of rows in a statement: arrays from a parameter on.</summary>
    public string Unnested(int firstParameter) => string.Join(", ", Queue.Columns
        .Select((column, index) => FormattableString.Invariant(
            $"${firstParameter + 1 + index}::{SqlTypeOf(column.Type)}[]"))
        .Prepend(FormattableString.Invariant($"${firstParameter}::text[]")));

    /// <summary>The names that <see cref="Unnested"/> gets.</summary>
    public string Aliases() =>
        string.Join(", ", sqlNames.Select((_, index) => FormattableString.Invariant($"c{index}")).Prepend("group_key"));

    /// <summary>What is inserted for a row that stands in <paramref name="from"/>, held since now.</summary>
    public string Inserted(string from) =>
        $"now(), {string.Join(", ", Aliases().Split(", ").Select(alias => $"{from}.{alias}"))}";

    /// <summary>The arguments for <see cref="Unnested"/>.</summary>
    public IEnumerable<NpgsqlParameter> Arguments(IReadOnlyList<HeldRow> rows)
    {
        yield return Arg.Texts([.. rows.Select(row => StorableText.Of(row.Group))]);
        for (int index = 0; index < Queue.Columns.Count; index++)
        {
            int column = index;
            yield return HeldValues.Array(Queue.Columns[index].Type, rows.Select(row => row.Values[column]));
        }
    }

    public static string SqlTypeOf(HeldType type) => type switch
    {
        HeldType.Text => "text",
        HeldType.Number => "bigint",
        HeldType.Instant => "timestamptz",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of column."),
    };

    /// <summary>
    /// The declared name in snake case and quotes; one that the table has already gets an underscore behind it.
    /// </summary>
    public static string SqlNameOf(string name)
    {
        IEnumerable<char> snake = name.SelectMany((letter, index) =>
            index > 0 && char.IsUpper(letter) && !char.IsUpper(name[index - 1]) ? "_" + letter : letter.ToString());
        string lower = string.Concat(snake).ToLowerInvariant();
        return Taken.Contains(lower) ? $"\"{lower}_\"" : $"\"{lower}\"";
    }

    private string UpdateSetting(string heldAt) =>
        $"""
        update {Name} h
        set {heldAt}group_key = v.group_key{string.Concat(sqlNames.Select((name, index) => $", {name} = v.c{index}"))}
        from unnest($1::bigint[], {Unnested(2)}) v(key, {Aliases()})
        where h.key = any (array[v.key])
        """;
}
