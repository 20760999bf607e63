using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waybill.Serialization;

/// <summary>JSON merge patch, RFC 7396: members replace members, null removes, objects merge.</summary>
internal static class MergePatch
{
    /// <exception cref="ArgumentException">It is not a JSON object.</exception>
    public static JsonObject Parse(string patch)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(patch);
        try
        {
            return JsonNode.Parse(patch) as JsonObject
                ?? throw new ArgumentException(
                    "A merge patch is a JSON object, for example {\"card\":\"4111\"}.", nameof(patch));
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The merge patch is not JSON: {error.Message}", nameof(patch), error);
        }
    }

    /// <exception cref="RouteException">The data to be patched is not JSON.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> data, JsonObject patch)
    {
        try
        {
            JsonNode? target = JsonNode.Parse(data.Span);
            return JsonSerializer.SerializeToUtf8Bytes(Apply(target, patch));
        }
        catch (JsonException error)
        {
            throw new RouteException("waybill.data-unreadable", $"The data to be patched is not JSON: {error.Message}");
        }
    }

    private static JsonObject Apply(JsonNode? target, JsonObject patch)
    {
        JsonObject result = target is JsonObject members ? members : [];
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
                result.Remove(name);
            else if (value is JsonObject inner)
                result[name] = Apply(Detached(result, name), inner);
            else
                result[name] = value.DeepClone();
        }

        return result;
    }

    // A node can have only one parent, so it is taken out before it is put back changed.
    private static JsonNode? Detached(JsonObject from, string name)
    {
        if (!from.TryGetPropertyValue(name, out JsonNode? value))
            return null;
        from.Remove(name);
        return value;
    }
}
