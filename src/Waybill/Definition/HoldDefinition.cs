using System.Reflection;
using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>
/// All that a workflow says of one aggregation queue. Immutable; the defaults are those of <see
/// cref="HoldSetup{TData}"/>.
/// </summary>
internal sealed record HoldDefinition
{
    private const int TextLengthMax = 200;
    private const int DecimalsMax = 4;
    private const decimal NumberMax = 100_000_000_000_000m;

    public Func<object, string>? GroupBy { get; init; }

    public IReadOnlyList<HoldColumn> Columns { get; init; } = [];

    public BatchTarget? Target { get; init; }

    public IReadOnlyList<HoldRule> Rules { get; init; } = [];

    public int BatchMax { get; init; } = 1000;

    /// <summary>Makes the desk at which people and programs act on the queue.</summary>
    public required Func<HeldDesks, PlacedNode, HeldDesk> BuildDesk { get; init; }

    /// <summary>What is wrong with single calls of the setup, found while it was written down.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>The element's row in the queue's table.</summary>
    /// <exception cref="RouteException">The data makes a row that no table can hold.</exception>
    public HeldRow RowOf(Node node, object data)
    {
        string? group = GroupBy!(data);
        if (string.IsNullOrEmpty(group) || group.Length > TextLengthMax || group.Contains('\0'))
            throw Unfit(node, "group key", group, $"use 1 to {TextLengthMax} characters");
        HeldValue[] values = new HeldValue[Columns.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Checked(node, Columns[i], data);
        return new HeldRow(group, values);
    }

    private static HeldValue Checked(Node node, HoldColumn column, object data)
    {
        object? read = column.Read(data);
        if (read is DateTime { Kind: not DateTimeKind.Utc })
            throw Unfit(node, column.Name, read, "give it as UTC, or take a DateTimeOffset");
        HeldValue value = ColumnTypes.ToValue(read);
        if (value.Text is { } text && (text.Length > TextLengthMax || text.Contains('\0')))
            throw Unfit(node, column.Name, text, $"a text has at most {TextLengthMax} characters and no U+0000");
        if (value.Number is { } number && (number is > NumberMax or < -NumberMax
                || decimal.Round(number, DecimalsMax) != number))
            throw Unfit(node, column.Name, number, $"a number is between ±{NumberMax:N0}, with {DecimalsMax} decimals");
        return value;
    }

    private static RouteException Unfit(Node node, string what, object? value, string rule)
    {
        string told = value?.ToString() ?? "nothing";
        return new RouteException(
            "waybill.held-row",
            $"\"{(told.Length > TextLengthMax ? told[..TextLengthMax] + "…" : told)}\" cannot be the {what} of an "
            + $"element held at \"{node}\": {rule}.");
    }
}

/// <summary>Into what an aggregation queue releases, and where its members then go on.</summary>
/// <param name="Workflow">The workflow of the batch elements.</param>
/// <param name="Input">Makes a batch element's data.</param>
/// <param name="ResumesAt">Where members go on.</param>
internal sealed record BatchTarget(Workflow Workflow, Func<BatchRelease, object> Input, Node ResumesAt);

/// <summary>A declared column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ClrType">The type of what it is taken from, without nullability.</param>
/// <param name="Source">What it is taken from, as text: two expressions that read the same have the same.</param>
/// <param name="Read">Takes it from the data.</param>
internal sealed record HoldColumn(string Name, Type ClrType, string Source, Func<object, object?> Read)
{
    /// <summary>The members that are read for it.</summary>
    public IReadOnlyList<MemberInfo> Members { get; init; } = [];

    public HeldColumn ToHeldColumn() => new(Name, ColumnTypes.Of(ClrType)!.Value);
}
