using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Held;

/// <summary>Which held elements are meant; all that is given must hold.</summary>
/// <param name="Group">The whole group key.</param>
/// <param name="Ids">One of these elements, at most 1,000.</param>
/// <param name="HeldBefore">Held before this instant.</param>
/// <param name="Where">Conditions on columns, at most 16.</param>
internal sealed record HeldFilterBody(
    string? Group = null, IReadOnlyList<Guid>? Ids = null, DateTimeOffset? HeldBefore = null,
    IReadOnlyList<HeldConditionBody>? Where = null)
{
    private const int IdsMax = 1000;
    private const int ConditionsMax = 16;

    public HeldFilter ToFilter(HeldDesk desk)
    {
        if (Ids?.Count > IdsMax || Where?.Count > ConditionsMax)
            throw Answer.Invalid("A filter names at most 1,000 ids and 16 conditions.");
        return new HeldFilter
        {
            Group = Group,
            Ids = Ids is null ? null : [.. Ids.Select(id => new ElementId(id))],
            HeldBefore = HeldBefore,
            Where = [.. (Where ?? []).Select(condition => condition.ToCondition(desk))],
        };
    }
}

/// <summary>A condition on a column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Is">How it is compared.</param>
/// <param name="Value">With what, of the column's type; none for empty.</param>
internal sealed record HeldConditionBody(string Column, HeldComparison Is, JsonElement? Value = null)
{
    public HeldCondition ToCondition(HeldDesk desk)
    {
        HeldType type = HeldColumns.TypeOf(desk, Column);
        if (Value is not { ValueKind: not JsonValueKind.Null } value)
            return new HeldCondition(Column, Is, HeldValue.None);
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? new HeldCondition(Column, Is, HeldColumns.Read(Column, type, value.ToString()))
            : throw Answer.Invalid($"Column \"{Column}\" is compared with a text, a number or an instant.");
    }
}

/// <summary>A release.</summary>
/// <param name="Filter">Which elements.</param>
/// <param name="Max">How many at the most, 1 to 10,000; none for as many as the queue declares for a batch.</param>
/// <param name="Confirm">How many match; given, the release is refused when it is another number by now.</param>
/// <param name="Reason">Why; kept in the journal and the audit trail.</param>
internal sealed record ReleaseBody(
    HeldFilterBody Filter, int? Max = null, long? Confirm = null, string? Reason = null);

/// <summary>The end of held elements without a result.</summary>
/// <param name="Filter">Which elements.</param>
/// <param name="Confirm">How many match.</param>
/// <param name="Reason">Why; it goes to the ticket or the caller.</param>
internal sealed record DropHeldBody(HeldFilterBody Filter, long Confirm, string? Reason = null);

/// <summary>A change of one held element where it is held.</summary>
/// <param name="Id">The element.</param>
/// <param name="Patch">A JSON merge patch (RFC 7396): members replace members, null removes.</param>
/// <param name="Reason">Why; kept in the journal and the audit trail.</param>
internal sealed record AmendBody(Guid Id, JsonElement Patch, string? Reason = null);
