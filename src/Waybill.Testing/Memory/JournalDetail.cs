using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>The details that a store writes into its journal by itself, as JSON.</summary>
internal static class JournalDetail
{
    public static string Accepted(string businessKey, CallerRef? caller) => caller is null
        ? $$"""{"key":{{Text(businessKey)}}}"""
        : $$"""{"key":{{Text(businessKey)}},"caller":"{{caller.Id}}","call":{{caller.Slot}}}""";

    public static string Called(IEnumerable<NewElement> elements) =>
        $$"""{"calls":[{{string.Join(',', elements.Select(element => $"\"{element.Id}\""))}}]}""";

    public static string Signalled(string name) => $$"""{"signal":{{Text(name)}}}""";

    public static string Released(string businessKey, ReleaseNote note, IEnumerable<MemoryElement> members) =>
        $"{{\"key\":{Text(businessKey)},\"by\":{Text(note.By)}{Member("reason", note.Reason)}"
        + $"{Member("filter", note.Filter)},"
        + $"\"members\":[{string.Join(',', members.Select(member => $"\"{member.Id}\""))}]}}";

    public static string Batched(ElementId batch) => $$"""{"batch":"{{batch}}"}""";

    public static string By(Actor actor) =>
        $"{{\"by\":{Text(actor.Name)}{Member("reason", actor.Reason)}}}";

    public static string Requested(NewChange change) =>
        $"{{\"change\":\"{change.Id}\",\"type\":{Text(change.Type)},"
        + $"\"by\":{Text(change.Actor.Name)}{Member("reason", change.Actor.Reason)}}}";

    public static string Resolved(ChangeId change, ElementOutcome outcome)
    {
        string name = JsonNamingPolicy.CamelCase.ConvertName($"{outcome.Outcome}");
        string difference = outcome.Difference is null ? "" : $",\"difference\":{outcome.Difference}";
        return $"{{\"change\":\"{change}\",\"outcome\":\"{name}\"{Member("reason", outcome.Reason)}{difference}}}";
    }

    private static string Member(string name, string? value) =>
        value is null ? "" : $",\"{name}\":{Text(value)}";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
