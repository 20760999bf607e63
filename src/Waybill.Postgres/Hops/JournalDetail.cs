using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>The details that the store writes into its journal by itself, as JSON.</summary>
internal static class JournalDetail
{
    public static string Accepted(string businessKey, CallerRef? caller) => caller is null
        ? $$"""{"key":{{Text(businessKey)}}}"""
        : $$"""{"key":{{Text(businessKey)}},"caller":"{{caller.Id}}","call":{{caller.Slot}}}""";

    public static string Called(IEnumerable<NewElement> elements) =>
        $$"""{"calls":[{{string.Join(',', elements.Select(element => $"\"{element.Id}\""))}}]}""";

    public static string Signalled(string name) => $$"""{"signal":{{Text(name)}}}""";

    public static string Released(string businessKey, ReleaseNote note, IEnumerable<Guid> members)
    {
        string ids = string.Join(',', members.Select(member => $"\"{new ElementId(member)}\""));
        string why = $"{Member("reason", note.Reason)}{Member("filter", note.Filter)}";
        return $$"""{"key":{{Text(businessKey)}},"by":{{Text(note.By)}}{{why}},"members":[{{ids}}]}""";
    }

    public static string Batched(ElementId batch) => $$"""{"batch":"{{batch}}"}""";

    public static string By(Actor actor) => $$"""{"by":{{Text(actor.Name)}}{{Member("reason", actor.Reason)}}}""";

    public static string Requested(NewChange change)
    {
        string by = $"\"by\":{Text(change.Actor.Name)}{Member("reason", change.Actor.Reason)}";
        return $$"""{"change":"{{change.Id}}","type":{{Text(change.Type)}},{{by}}}""";
    }

    public static string Resolved(ChangeId change, ChangeOutcome outcome, string? reason, string? difference)
    {
        string name = JsonNamingPolicy.CamelCase.ConvertName($"{outcome}");
        string what = $"{Member("reason", reason)}{(difference is null ? "" : $",\"difference\":{difference}")}";
        return $$"""{"change":"{{change}}","outcome":"{{name}}"{{what}}}""";
    }

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":{Text(value)}";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
