using System.Text;
using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>
/// The table of one aggregation queue: <c>key</c>, <c>group_key</c>, <c>held_at</c>, then a column for each declared
/// one, its name in snake case. Numbers are integers in ten-thousandths, instants in microseconds.
/// </summary>
internal sealed class HeldTable
{
    private static readonly string[] OwnColumns = ["key", "group_key", "held_at", "rowid", "oid"];

    private readonly string[] names;

    /// <exception cref="ArgumentException">A column cannot be declared like that.</exception>
    public HeldTable(long node, NodeAddress queue, IReadOnlyList<HeldColumn> columns)
    {
        (Node, Queue, Columns) = (node, queue, columns);
        RequireSound(queue, columns);
        names = [.. columns.Select(column => ColumnName(column.Name))];
    }

    public long Node { get; }

    public NodeAddress Queue { get; }

    /// <summary>The columns, in the order in which this process declared them.</summary>
    public IReadOnlyList<HeldColumn> Columns { get; }

    public string Name => NameOf(Node);

    /// <summary>The columns as the catalogue keeps them.</summary>
    public string Definition => string.Join(',', Columns.Select(column => $"{column.Name}:{column.Type}"));

    /// <summary>The declared columns with a prefix, each behind a comma.</summary>
    public string List(string prefix = "") => string.Concat(names.Select(name => $", {prefix}\"{name}\""));

    /// <summary>What creates the table under a name of its own choice.</summary>
    public string Creation(string name) =>
        $"CREATE TABLE {name} (key INTEGER PRIMARY KEY, group_key TEXT NOT NULL, held_at INTEGER NOT NULL"
        + string.Concat(names.Select((column, index) => $", \"{column}\" {SqlType(Columns[index].Type)}")) + ")";

    /// <summary>What creates its indexes: one for the group key, one for each text, and one for the age.</summary>
    /// <remarks>
    /// All but the last hold every column, so that filters, sums and groups read nothing else. No index begins with a
    /// number or an instant: neighbours in time would lie far apart in it, each insert would write pages of its own to
    /// the log, and inserts become less than half as fast. Their conditions scan an index that holds them, which takes
    /// some 10 ms for 100,000 rows. Nor does one hold two texts side by side, so that a group by two columns is sorted,
    /// which takes three times as long as by one: with (text, group_key) first it took no longer than by one, but each
    /// insert met a place of its own, and inserts fell from 0.65 of a true queue's to 0.42 and 0.53.
    /// </remarks>
    public IEnumerable<string> IndexCreations() =>
        [
            $"CREATE INDEX {Name}_on_group_key ON {Name} (group_key, held_at{List()})",
            $"CREATE INDEX {Name}_on_held_at ON {Name} (held_at)",
            .. names.Where((_, index) => Columns[index].Type == HeldType.Text).Select(column =>
                $"CREATE INDEX \"{Name}_on_{column}\" ON {Name} (\"{column}\", held_at, group_key"
                + string.Concat(names.Where(other => other != column).Select(other => $", \"{other}\"")) + ")"),
        ];

    /// <summary>The columns that a catalogue keeps.</summary>
    public static IReadOnlyList<HeldColumn> Parse(string definition) =>
        [.. definition.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(column => column.Split(':'))
            .Select(parts => new HeldColumn(parts[0], Enum.Parse<HeldType>(parts[1])))];

    public static string NameOf(long node) => $"held_{node}";

    /// <summary>Whether the same table serves, in whatever order the columns are named.</summary>
    public bool IsLike(HeldTable other) => Shape().SetEquals(other.Shape());

    /// <summary>A declared column with its name in the table, in quotes.</summary>
    /// <exception cref="HeldQueryException">There is none of that name.</exception>
    public (string Name, HeldType Type) Find(string column)
    {
        for (int index = 0; index < names.Length; index++)
        {
            if (string.Equals(Columns[index].Name, column, StringComparison.OrdinalIgnoreCase))
                return ($"\"{names[index]}\"", Columns[index].Type);
        }

        throw new HeldQueryException(
            $"The aggregation queue {Queue} has no column \"{column}\". It has: "
            + $"{string.Join(", ", Columns.Select(declared => declared.Name))}.");
    }

    /// <summary>The values of a row, from adjoining columns of a query.</summary>
    public IReadOnlyList<HeldValue> Read(Statement row, int first) =>
        [.. Columns.Select((column, index) => HeldValues.Read(row, first + index, column.Type))];

    /// <exception cref="InvalidOperationException">It has another number of values, or of other types.</exception>
    public void RequireFits(HeldRow row)
    {
        if (row.Values.Count != Columns.Count)
        {
            throw new InvalidOperationException(
                $"A row of {Queue} has {Columns.Count} value(s), in the order in which its columns were declared. This "
                + $"one has {row.Values.Count}.");
        }

        for (int index = 0; index < Columns.Count; index++)
            HeldValues.RequireFits(Columns[index], row.Values[index]);
    }

    private HashSet<string> Shape() =>
        [.. Columns.Select((column, index) => $"{names[index]}:{column.Type}")];

    private static void RequireSound(NodeAddress queue, IReadOnlyList<HeldColumn> columns)
    {
        const int max = 16;
        if (columns.Count > max)
        {
            throw new ArgumentException(
                $"{queue} has {columns.Count} columns. An aggregation queue has {max} at most.", nameof(columns));
        }

        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (HeldColumn column in columns)
        {
            if (!IsName(column.Name) || !Enum.IsDefined(column.Type))
            {
                throw new ArgumentException(
                    $"{queue} cannot have the column \"{column.Name}\" of type {column.Type}. A name is a letter, then "
                    + "letters and digits, at most 40.",
                    nameof(columns));
            }

            if (!seen.Add(column.Name))
            {
                throw new ArgumentException(
                    $"{queue} has two columns called \"{column.Name}\". Rename one.", nameof(columns));
            }
        }
    }

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= 40 && char.IsLetter(name[0]) && name.All(char.IsLetterOrDigit);

    private static string ColumnName(string declared)
    {
        StringBuilder name = new(declared.Length + 4);
        foreach (char letter in declared)
        {
            if (char.IsUpper(letter) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }

        // No declared name ends with an underscore, so this one is free.
        return OwnColumns.Contains(name.ToString()) ? $"{name}_" : name.ToString();
    }

    private static string SqlType(HeldType type) => type == HeldType.Text ? "TEXT" : "INTEGER";
}
