using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Sidelined;

/// <summary>A sidelined element.</summary>
internal sealed record SidelinedAnswer(
    Guid Id, string Key, string Workflow, int Version, string Node, int Hop, DateTimeOffset SidelinedAt,
    FailureAnswer Failure, Guid? Caller, JsonElement? Data)
{
    public static SidelinedAnswer Of(SidelinedElement element) => new(
        element.Id.Value, element.BusinessKey, element.Node.Workflow, element.Node.Version, element.Node.Node,
        element.Hop, element.SidelinedAt, FailureAnswer.Of(element.Failure), element.Caller?.Id.Value,
        Answer.Data(element.Data));
}

/// <summary>Why a run failed. The stack trace stays in the store: it is for those who can read the code.</summary>
internal sealed record FailureAnswer(string Type, string Message, string Node, int Attempts)
{
    public static FailureAnswer Of(Failure failure) =>
        new(failure.Type, failure.Message, failure.Node, failure.Attempts);
}

/// <summary>Sidelined elements that failed alike.</summary>
internal sealed record SidelinedGroupAnswer(
    string Workflow, int Version, string Node, string FailureType, string Message, long Count, DateTimeOffset FirstAt,
    DateTimeOffset LastAt)
{
    public static SidelinedGroupAnswer Of(SidelinedGroup group) => new(
        group.Node.Workflow, group.Node.Version, group.Node.Node, group.FailureType, group.Message, group.Count,
        group.FirstAt, group.LastAt);
}

/// <summary>Which sidelined elements are meant; all that is given must hold.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Node">The node's name.</param>
/// <param name="FailureType">The whole type of the failure.</param>
/// <param name="MessagePart">A part of the failure's message; letter case counts.</param>
/// <param name="SidelinedBefore">Sidelined before this instant.</param>
internal sealed record SidelinedFilterBody(
    string? Workflow = null, string? Node = null, string? FailureType = null, string? MessagePart = null,
    DateTimeOffset? SidelinedBefore = null)
{
    public SidelinedFilter ToFilter() => new()
    {
        Workflow = Workflow,
        Node = Node,
        FailureType = FailureType,
        MessagePart = MessagePart,
        SidelinedBefore = SidelinedBefore,
    };
}

/// <summary>A frozen selection: nothing comes to it any more.</summary>
/// <param name="Id">Act on it under this id.</param>
/// <param name="Count">How many match; the number to confirm.</param>
/// <param name="Filter">Which.</param>
/// <param name="FrozenAt">What was sidelined at this instant or later is not in it.</param>
/// <param name="KeptUntil">Until when it can be acted on.</param>
internal sealed record SelectionAnswer(
    Guid Id, long Count, SidelinedFilterBody Filter, DateTimeOffset FrozenAt, DateTimeOffset KeptUntil);

/// <summary>An act on a selection.</summary>
/// <param name="Confirm">How many it will take effect on: the selection's count.</param>
/// <param name="Reason">Why; kept in the journal and the audit trail.</param>
internal sealed record SelectionActBody(long Confirm, string? Reason = null);

/// <summary>An edit of a selection.</summary>
/// <param name="Confirm">How many it will take effect on: the selection's count.</param>
/// <param name="Patch">A JSON merge patch (RFC 7396): members replace members, null removes.</param>
/// <param name="Reason">Why; kept in the journal and the audit trail.</param>
internal sealed record SelectionEditBody(long Confirm, JsonElement Patch, string? Reason = null);

/// <summary>An edit of one element.</summary>
/// <param name="Patch">A JSON merge patch (RFC 7396): members replace members, null removes.</param>
/// <param name="Reason">Why; kept in the journal and the audit trail.</param>
internal sealed record EditBody(JsonElement Patch, string? Reason = null);
