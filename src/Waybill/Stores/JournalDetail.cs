using System.Text.Json;

namespace Waybill.Stores;

/// <summary>
/// The details that a store writes into its journal by itself, as JSON, the same on every store: readers of journals
/// rely on them. Members that have no value are left out.
/// </summary>
public static class JournalDetail
{
    /// <summary>Of <see cref="JournalKind.Accepted"/>.</summary>
    /// <param name="businessKey">The element's business key.</param>
    /// <param name="caller">What called it; null when it was submitted.</param>
    public static string Accepted(string businessKey, CallerRef? caller) => caller is null
        ? $$"""{"key":{{Text(businessKey)}}}"""
        : $$"""{"key":{{Text(businessKey)}},"caller":"{{caller.Id}}","call":{{caller.Slot}}}""";

    /// <summary>Of <see cref="JournalKind.Called"/>.</summary>
    /// <param name="elements">What was called.</param>
    public static string Called(IEnumerable<NewElement> elements) =>
        $$"""{"calls":[{{Ids(elements.Select(element => element.Id))}}]}""";

    /// <summary>Of <see cref="JournalKind.Signalled"/>.</summary>
    /// <param name="name">The signal's name.</param>
    public static string Signalled(string name) => $$"""{"signal":{{Text(name)}}}""";

    /// <summary>Of <see cref="JournalKind.Released"/>.</summary>
    /// <param name="businessKey">The batch's business key.</param>
    /// <param name="note">Who or which rule released, and why.</param>
    /// <param name="members">The batch's members, in their order.</param>
    public static string Released(string businessKey, ReleaseNote note, IEnumerable<ElementId> members)
    {
        string why = Member("reason", note.Reason) + Member("filter", note.Filter);
        return $$"""{"key":{{Text(businessKey)}},"by":{{Text(note.By)}}{{why}},"members":[{{Ids(members)}}]}""";
    }

    /// <summary>Of <see cref="JournalKind.Batched"/>.</summary>
    /// <param name="batch">The batch that the element became a member of.</param>
    public static string Batched(ElementId batch) => $$"""{"batch":"{{batch}}"}""";

    /// <summary>Of every kind whose detail is who and why.</summary>
    /// <param name="actor">Who acted.</param>
    public static string By(Actor actor) => $$"""{"by":{{Text(actor.Name)}}{{Member("reason", actor.Reason)}}}""";

    /// <summary>Of <see cref="JournalKind.ChangeRequested"/>.</summary>
    /// <param name="change">The request.</param>
    public static string Requested(NewChange change)
    {
        string by = $"\"by\":{Text(change.Actor.Name)}{Member("reason", change.Actor.Reason)}";
        return $$"""{"change":"{{change.Id}}","type":{{Text(change.Type)}},{{by}}}""";
    }

    /// <summary>Of <see cref="JournalKind.ChangeResolved"/>.</summary>
    /// <param name="change">The request.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="answer">The element's answer; null when it had none to give.</param>
    public static string Resolved(ChangeId change, ChangeOutcome outcome, ChangeAnswer? answer)
    {
        string name = JsonNamingPolicy.CamelCase.ConvertName($"{outcome}");
        string difference = answer?.Difference is { } changed ? $",\"difference\":{changed}" : "";
        return $$"""{"change":"{{change}}","outcome":"{{name}}"{{Member("reason", answer?.Reason)}}{{difference}}}""";
    }

    private static string Ids(IEnumerable<ElementId> ids) => string.Join(',', ids.Select(id => $"\"{id}\""));

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":{Text(value)}";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
