using System.Linq.Expressions;
using System.Reflection;

namespace Waybill.Definition;

/// <summary>A member that a workflow declares to be secret. Immutable.</summary>
/// <param name="Text">The declaration, for messages.</param>
/// <param name="Member">The member; null when the declaration names none.</param>
internal sealed record SecretDefinition(string Text, MemberInfo? Member)
{
    /// <summary>Of <c>order => order.Customer.Card</c>: <c>Card</c>, wherever the type that has it occurs.</summary>
    public static SecretDefinition Of<TData>(Expression<Func<TData, object?>> member)
    {
        ArgumentNullException.ThrowIfNull(member);
        MemberExpression? last = ColumnExpressions.Unwrapped(member.Body) as MemberExpression;
        Expression? from = last;
        while (from is MemberExpression step)
            from = step.Expression is { } inner ? ColumnExpressions.Unwrapped(inner) : null;
        return new SecretDefinition(member.ToString(), from == member.Parameters[0] ? last!.Member : null);
    }
}
