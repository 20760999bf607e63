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

    public static string Released(ReleaseNote note, IEnumerable<Guid> members)
    {
        string reason = note.Reason is { } why ? $",\"reason\":{Text(why)}" : "";
        string filter = note.Filter is { } which ? $",\"filter\":{Text(which)}" : "";
        string ids = string.Join(',', members.Select(member => $"\"{new ElementId(member)}\""));
        return $$"""{"by":{{Text(note.By)}}{{reason}}{{filter}},"members":[{{ids}}]}""";
    }

    public static string Batched(ElementId batch) => $$"""{"batch":"{{batch}}"}""";

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
