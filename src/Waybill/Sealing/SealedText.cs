using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waybill.Sealing;

/// <summary>Finds encrypted members in JSON of which the type need not be known, and puts other texts there.</summary>
internal static class SealedText
{
    /// <summary>What is shown in place of a secret.</summary>
    public const string Mask = "***";

    private const int DepthMax = 1000;

    private static readonly byte[] Start = [(byte)'"', .. "waybill-sealed:"u8];

    public static bool IsIn(ReadOnlySpan<byte> json) => json.IndexOf(Start) >= 0;

    /// <summary>The sealed text that a node is; null for any other node.</summary>
    public static string? Of(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            && value.GetValue<string>() is var text && text.StartsWith(Seal.Prefix, StringComparison.Ordinal)
            ? text
            : null;

    /// <summary>The same JSON with another value for each sealed text.</summary>
    /// <param name="json">JSON as it is stored.</param>
    /// <param name="replace">Gives the other value by the sealed text and its path.</param>
    public static ReadOnlyMemory<byte> Replaced(ReadOnlyMemory<byte> json, Func<string, string, JsonNode?> replace) =>
        IsIn(json.Span)
            ? Written(Replaced(JsonNode.Parse(json.Span, null, new() { MaxDepth = DepthMax }), "", replace))
            : json;

    private static byte[] Written(JsonNode? node)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new() { MaxDepth = DepthMax }))
            node!.WriteTo(writer);
        return bytes.ToArray();
    }

    private static JsonNode? Replaced(JsonNode? node, string path, Func<string, string, JsonNode?> replace)
    {
        if (Of(node) is { } text)
            return replace(text, path);
        if (node is JsonObject members)
        {
            foreach (string name in members.Select(member => member.Key).ToArray())
            {
                JsonNode? value = members[name];
                members[name] = null;
                members[name] = Replaced(value, path.Length == 0 ? name : $"{path}.{name}", replace);
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                JsonNode? item = items[i];
                items[i] = null;
                items[i] = Replaced(item, path, replace);
            }
        }

        return node;
    }
}
