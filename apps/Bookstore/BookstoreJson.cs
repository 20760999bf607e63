using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookstore;

/// <summary>How the bookstore's data is written: what can be worked out from the rest is left out.</summary>
public static class BookstoreJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };
}
