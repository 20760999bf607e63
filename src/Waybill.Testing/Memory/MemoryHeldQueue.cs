using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>One aggregation queue: what its columns are, and how filters, gates and measures read them.</summary>
internal sealed class MemoryHeldQueue(HeldQueue declaration)
{
    public NodeAddress Node => declaration.Node;

    public IReadOnlyList<HeldColumn> Columns => declaration.Columns;

    public HeldRow RowOf(ReadOnlyMemory<byte> data) => declaration.RowOf(data);

    /// <summary>Reads a column, by its name without regard to letter case.</summary>
    /// <param name="name">The column.</param>
    /// <param name="needed">The type that it must have; null for any.</param>
    public Func<MemoryElement, HeldValue> Column(string name, HeldType? needed = null)
    {
        int index = Columns.ToList().FindIndex(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            throw new HeldQueryException($"{Node} has no column \"{name}\". It has: {Names()}.");
        if (needed is not null && Columns[index].Type != needed)
            throw new HeldQueryException($"Column \"{name}\" of {Node} holds {Columns[index].Type}, not {needed}.");
        return element => element.Held!.Row.Values[index];
    }

    public Func<MemoryElement, bool> Filter(HeldFilter filter)
    {
        HashSet<ElementId>? ids = filter.Ids?.ToHashSet();
        Func<MemoryElement, bool>[] conditions = [.. filter.Where.Select(Condition)];
        return element =>
            (filter.Group is null || element.Held!.Row.Group == filter.Group)
            && (ids is null || ids.Contains(element.Id))
            && (filter.HeldBefore is null || element.Held!.At < filter.HeldBefore)
            && conditions.All(condition => condition(element));
    }

    public Func<IReadOnlyCollection<MemoryElement>, bool> Gate(HeldGate gate)
    {
        Func<MemoryElement, HeldValue>? sum = gate.SumColumn is { } summed ? Column(summed, HeldType.Number) : null;
        Func<MemoryElement, HeldValue>? size = gate.CompleteBy is { } counted ? Column(counted, HeldType.Number) : null;
        return elements =>
            elements.Count >= gate.MinCount
            && (sum is null || elements.Sum(element => sum(element).Number ?? 0) >= gate.MinSum)
            && (gate.OldestAt is null || elements.Any(element => element.Held!.At <= gate.OldestAt))
            && (size is null || elements.Max(element => size(element).Number) <= elements.Count);
    }

    public Func<IEnumerable<MemoryElement>, HeldValue> Measure(HeldMeasure measure)
    {
        if (measure.Function == HeldFunction.Sum)
        {
            Func<MemoryElement, HeldValue> number = Column(measure.Column, HeldType.Number);
            return elements => HeldValue.Of(elements.Sum(element => number(element).Number ?? 0));
        }

        Func<MemoryElement, HeldValue> value = Column(measure.Column);
        return elements =>
        {
            IEnumerable<HeldValue> values =
                elements.Select(value).Where(one => one != HeldValue.None).Order(HeldOrder.Ascending);
            return measure.Function == HeldFunction.Min ? values.FirstOrDefault() : values.LastOrDefault();
        };
    }

    private Func<MemoryElement, bool> Condition(HeldCondition condition)
    {
        (string name, HeldComparison comparison, HeldValue value) = condition;
        Func<MemoryElement, HeldValue> column = Column(name, value.Type);
        if (value == HeldValue.None && comparison is not (HeldComparison.Equal or HeldComparison.NotEqual))
            throw new HeldQueryException($"Column \"{name}\" of {Node} is compared as {comparison} with no value.");
        return element => HeldOrder.IsTrue(column(element), comparison, value);
    }

    private string Names() =>
        Columns.Count == 0 ? "none" : string.Join(", ", Columns.Select(column => column.Name));
}
