using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>Random rows of the aggregation queues of a comparison, whose columns change now and then.</summary>
internal sealed class RandomHeldRows(Random random)
{
    /// <summary>The node of each workflow that is an aggregation queue.</summary>
    public const string Node = "hold";

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly HeldColumn Zone = new("zone", HeldType.Text);
    private static readonly HeldColumn Weight = new("weightGrams", HeldType.Number);
    private static readonly HeldColumn By = new("promisedBy", HeldType.Instant);
    private static readonly HeldColumn[][] Shapes = [[Zone, Weight, By], [Weight, Zone], [By, Weight, Zone]];

    public static IReadOnlyList<NodeAddress> Queues { get; } =
        [new("orders", 1, Node), new("orders", 2, Node), new("payments", 1, Node), new("payments", 2, Node)];

    public IReadOnlyList<HeldColumn> Columns { get; private set; } = Shapes[0];

    public void Reshape() => Columns = Shapes[random.Next(Shapes.Length)];

    public IReadOnlyList<HeldQueue> Declared()
    {
        IReadOnlyList<HeldColumn> columns = Columns;
        return [.. Queues.Select(queue => new HeldQueue(queue, columns, data => RowOf(NumberIn(data), columns)))];
    }

    /// <summary>The row of an element with such data.</summary>
    public HeldRow Of(ReadOnlyMemory<byte> data) => RowOf(NumberIn(data), Columns);

    /// <summary>A value that rows can have in a column, or nothing.</summary>
    public HeldValue Value(HeldColumn column) => ValueOf(random.Next(1000), column);

    private static int NumberIn(ReadOnlyMemory<byte> data)
    {
        using JsonDocument json = JsonDocument.Parse(data);
        return json.RootElement.GetProperty("n").GetInt32();
    }

    private static HeldRow RowOf(int number, IReadOnlyList<HeldColumn> columns) => new(
        number % 3 == 0 ? "air" : number % 3 == 1 ? "it's \"road\"" : "sea 書",
        [.. columns.Select(column => ValueOf(number / 3, column))]);

    private static HeldValue ValueOf(int number, HeldColumn column) => column.Type switch
    {
        _ when number % 5 == 0 => HeldValue.None,
        HeldType.Text => HeldValue.Of("zone " + (char)('A' + (number % 4))),
        HeldType.Number => HeldValue.Of((number % 7 - 2) * 1.2525m),
        _ => HeldValue.Of(Noon.AddHours(number % 6)),
    };
}
