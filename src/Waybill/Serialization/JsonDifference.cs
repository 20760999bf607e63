using System.Text.Json.Nodes;

namespace Waybill.Serialization;

/// <summary>
/// What differs between two JSON documents, as <c>{"from":{…},"to":{…}}</c>: objects member by member at every depth,
/// anything else as a whole. A member that only one has stands on that side alone.
/// </summary>
internal static class JsonDifference
{
    public static string Of(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to)
    {
        (JsonNode? before, JsonNode? after) = Between(JsonNode.Parse(from.Span), JsonNode.Parse(to.Span));
        return new JsonObject { ["from"] = before, ["to"] = after }.ToJsonString();
    }

    private static (JsonNode? From, JsonNode? To) Between(JsonNode? from, JsonNode? to)
    {
        if (from is not JsonObject before || to is not JsonObject after)
            return (from?.DeepClone(), to?.DeepClone());
        JsonObject lost = [];
        JsonObject gained = [];
        foreach ((string name, JsonNode? value) in before)
        {
            if (!after.TryGetPropertyValue(name, out JsonNode? other))
                lost[name] = value?.DeepClone();
            else if (!JsonNode.DeepEquals(value, other))
                (lost[name], gained[name]) = Between(value, other);
        }

        foreach ((string name, JsonNode? value) in after.Where(member => !before.ContainsKey(member.Key)))
            gained[name] = value?.DeepClone();
        return (lost, gained);
    }
}
