using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Sqlite.Writing;

/// <summary>The details that the store writes into its journal by itself, as JSON.</summary>
internal static class JournalDetail
{
    public static string Accepted(string businessKey, CallerRef? caller) => caller is null
        ? $$"""{"key":{{Text(businessKey)}}}"""
        : $$"""{"key":{{Text(businessKey)}},"caller":"{{caller.Id}}","call":{{caller.Slot}}}""";

    public static string Called(IEnumerable<NewElement> elements) =>
        $$"""{"calls":[{{string.Join(',', elements.Select(element => $"\"{element.Id}\""))}}]}""";

    public static string Signalled(string name) => $$"""{"signal":{{Text(name)}}}""";

    public static string Released(string businessKey, ReleaseNote note, IEnumerable<ElementId> members) =>
        $"{{\"key\":{Text(businessKey)},\"by\":{Text(note.By)}{Member("reason", note.Reason)}"
        + $"{Member("filter", note.Filter)},"
        + $"\"members\":[{string.Join(',', members.Select(member => $"\"{member}\""))}]}}";

    public static string Batched(ElementId batch) => $$"""{"batch":"{{batch}}"}""";

    public static string By(Actor actor) =>
        $"{{\"by\":{Text(actor.Name)}{Member("reason", actor.Reason)}}}";

    public static string Requested(NewChange change) =>
        $"{{\"change\":\"{change.Id}\",\"type\":{Text(change.Type)},"
        + $"\"by\":{Text(change.Actor.Name)}{Member("reason", change.Actor.Reason)}}}";

    public static string Resolved(ChangeId change, ChangeOutcome outcome, string? reason, string? difference)
    {
        string name = JsonNamingPolicy.CamelCase.ConvertName($"{outcome}");
        string changed = difference is null ? "" : $",\"difference\":{difference}";
        return $"{{\"change\":\"{change}\",\"outcome\":\"{name}\"{Member("reason", reason)}{changed}}}";
    }

    private static string Member(string name, string? value) =>
        value is null ? "" : $",\"{name}\":{Text(value)}";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
