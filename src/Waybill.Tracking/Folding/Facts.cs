using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Waybill.Tracking.Folding;

/// <summary>What a journal row says by its workflow's declaration (<see cref="Stores.JournalEntry.Facts"/>).</summary>
/// <param name="Attributes">
/// Search attributes that are not personal, a JSON object; null when they did not change.
/// </param>
/// <param name="Personal">Those that are, a JSON object; null for none.</param>
/// <param name="Subject">Whose they are.</param>
/// <param name="Milestone">A business milestone, JSON.</param>
/// <param name="IsUntracked">Whether the node is left out.</param>
/// <param name="IsHeld">Whether the node is an aggregation queue.</param>
internal sealed record Facts(
    string? Attributes, byte[]? Personal, string? Subject, string? Milestone, bool IsUntracked, bool IsHeld)
{
    public static Facts Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        (string? attributes, byte[]? personal) = root.TryGetProperty("attributes", out JsonElement all)
            ? Split(all, NamesIn(root))
            : (null, null);
        return new Facts(
            attributes,
            personal,
            NamedIn(root),
            root.TryGetProperty("milestone", out JsonElement milestone) ? milestone.GetRawText() : null,
            root.TryGetProperty("untracked", out JsonElement untracked) && untracked.ValueKind == JsonValueKind.True,
            root.TryGetProperty("held", out JsonElement held) && held.ValueKind == JsonValueKind.True);
    }

    /// <summary>Whose personal data the facts of a row hold, even if nothing else of them can be read.</summary>
    /// <exception cref="InvalidOperationException">They are no object, or the subject is no text.</exception>
    public static string? SubjectIn(JsonElement root, ElementId element) =>
        NamedIn(root) ?? (root.TryGetProperty("personal", out _) ? SubjectOf(element) : null);

    /// <summary>Whose personal data is that of an element which names nobody.</summary>
    public static string SubjectOf(ElementId element) => $"element {element}";

    // PostgreSQL cannot keep the character 0 in a text.
    private static string? NamedIn(JsonElement root) => root.TryGetProperty("subject", out JsonElement subject)
        ? subject.GetString()?.Replace("\0", "", StringComparison.Ordinal)
        : null;

    private static HashSet<string> NamesIn(JsonElement root) =>
        root.TryGetProperty("personal", out JsonElement names)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : [];

    private static (string Attributes, byte[]? Personal) Split(JsonElement all, HashSet<string> personal)
    {
        // Looked at now: what cannot be searched for must not be found only when the pass is written.
        _ = Folding.Attributes.Searchable(all).Count();
        if (personal.Count == 0)
            return (all.GetRawText(), null);
        JsonProperty[] members = [.. all.EnumerateObject()];
        return (
            Encoding.UTF8.GetString(Written(members.Where(member => !personal.Contains(member.Name)))),
            Written(members.Where(member => personal.Contains(member.Name))));
    }

    private static byte[] Written(IEnumerable<JsonProperty> members)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter writer = new(bytes);
        writer.WriteStartObject();
        foreach (JsonProperty member in members)
            member.WriteTo(writer);
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
