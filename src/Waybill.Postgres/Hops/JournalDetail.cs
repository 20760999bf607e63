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

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
