using System.Linq.Expressions;
using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>Reads conditions on the members that columns are taken from as the filters that they stand for.</summary>
internal static class ConditionExpressions
{
    /// <summary>The conditions that an expression joins.</summary>
    /// <exception cref="ArgumentException">A part of it is no comparison of a declared column.</exception>
    public static IReadOnlyList<HeldCondition> Conditions<TData>(
        Expression<Func<TData, bool>> condition, IReadOnlyList<HoldColumn> columns)
    {
        List<HeldCondition> found = [];
        Add(found, condition.Body, condition.Parameters[0], columns);
        return found;
    }

    /// <summary>The column that is taken from the same; null when there is none.</summary>
    public static HoldColumn? Column(Expression value, ParameterExpression data, IReadOnlyList<HoldColumn> columns)
    {
        string source = ColumnExpressions.Source(value, data);
        return columns.FirstOrDefault(column => column.Source == source);
    }

    private static void Add(
        List<HeldCondition> found, Expression part, ParameterExpression data, IReadOnlyList<HoldColumn> columns)
    {
        if (part is BinaryExpression { NodeType: ExpressionType.AndAlso } both)
        {
            Add(found, both.Left, data, columns);
            Add(found, both.Right, data, columns);
            return;
        }

        found.Add(Condition(part, data, columns) ?? throw new ArgumentException(
            $"\"{part}\" is no comparison of a declared column with a value; the columns are "
            + $"{string.Join(", ", columns.Select(column => column.Name))}.",
            nameof(part)));
    }

    private static HeldCondition? Condition(
        Expression part, ParameterExpression data, IReadOnlyList<HoldColumn> columns)
    {
        bool isNegated = part is UnaryExpression { NodeType: ExpressionType.Not };
        Expression plain = isNegated ? ((UnaryExpression)part).Operand : part;
        if (plain is not BinaryExpression && Column(plain, data, columns) is { } truth)
            return new HeldCondition(truth.Name, HeldComparison.Equal, ColumnTypes.ToValue(!isNegated));
        if (part is not BinaryExpression comparison || ComparisonOf(comparison.NodeType) is not { } operation)
            return null;
        if (Column(comparison.Left, data, columns) is { } left)
            return new HeldCondition(left.Name, operation, ValueOf(comparison.Right, left));
        return Column(comparison.Right, data, columns) is { } right
            ? new HeldCondition(right.Name, Mirrored(operation), ValueOf(comparison.Left, right))
            : null;
    }

    private static HeldValue ValueOf(Expression value, HoldColumn column)
    {
        object? given = Expression.Lambda<Func<object?>>(
            Expression.Convert(ColumnExpressions.Unwrapped(value), typeof(object))).Compile()();

        // The compiler compares enumerations by their numbers.
        return ColumnTypes.ToValue(
            given is not null and not Enum && column.ClrType.IsEnum ? Enum.ToObject(column.ClrType, given) : given);
    }

    private static HeldComparison? ComparisonOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => HeldComparison.Equal,
        ExpressionType.NotEqual => HeldComparison.NotEqual,
        ExpressionType.LessThan => HeldComparison.Less,
        ExpressionType.LessThanOrEqual => HeldComparison.LessOrEqual,
        ExpressionType.GreaterThan => HeldComparison.Greater,
        ExpressionType.GreaterThanOrEqual => HeldComparison.GreaterOrEqual,
        _ => null,
    };

    private static HeldComparison Mirrored(HeldComparison comparison) => comparison switch
    {
        HeldComparison.Less => HeldComparison.Greater,
        HeldComparison.LessOrEqual => HeldComparison.GreaterOrEqual,
        HeldComparison.Greater => HeldComparison.Less,
        HeldComparison.GreaterOrEqual => HeldComparison.LessOrEqual,
        _ => comparison,
    };
}
