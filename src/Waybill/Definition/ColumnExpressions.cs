using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace Waybill.Definition;

/// <summary>Reads declarations of columns, and says what an expression is taken from, to find its column.</summary>
internal static class ColumnExpressions
{
    /// <summary>
    /// The columns of <c>s => new { s.Zone, Weight = s.WeightGrams }</c>; null when it is of another form.
    /// </summary>
    public static IReadOnlyList<HoldColumn>? Columns<TData, TColumns>(Expression<Func<TData, TColumns>> columns) =>
        columns.Body is NewExpression { Members: { } members } made
            ? [.. members.Select((member, i) => Column<TData>(member.Name, made.Arguments[i], columns.Parameters[0]))]
            : null;

    /// <summary>What an expression over the data reads, as text.</summary>
    public static string Source(Expression value, ParameterExpression data) =>
        new Unnamed(data).Visit(Unwrapped(value)).ToString();

    /// <summary>Takes conversions away: those of comparisons and of wider types do not change what is read.</summary>
    public static Expression Unwrapped(Expression value)
    {
        while (value is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } converted)
            value = converted.Operand;
        return value;
    }

    private static HoldColumn Column<TData>(string name, Expression value, ParameterExpression data)
    {
        Func<TData, object?> read =
            Expression.Lambda<Func<TData, object?>>(Expression.Convert(value, typeof(object)), data).Compile();
        return new HoldColumn(
            JsonNamingPolicy.CamelCase.ConvertName(name),
            Nullable.GetUnderlyingType(value.Type) ?? value.Type,
            Source(value, data),
            element => read((TData)element))
        {
            Members = Named.In(value),
        };
    }

    /// <summary>Collects the members that an expression reads.</summary>
    private sealed class Named : ExpressionVisitor
    {
        private readonly List<MemberInfo> members = [];

        public static IReadOnlyList<MemberInfo> In(Expression value)
        {
            Named named = new();
            named.Visit(value);
            return named.members;
        }

        protected override Expression VisitMember(MemberExpression node)
        {
            members.Add(node.Member);
            return base.VisitMember(node);
        }
    }

    /// <summary>Gives the parameter one name, whatever its author called it.</summary>
    private sealed class Unnamed(ParameterExpression data) : ExpressionVisitor
    {
        private readonly ParameterExpression unnamed = Expression.Parameter(data.Type, "_");

        protected override Expression VisitParameter(ParameterExpression node) => node == data ? unnamed : node;
    }
}
