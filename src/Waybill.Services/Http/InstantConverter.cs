using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waybill.Services.Http;

/// <summary>
/// Reads instants that say their offset. One without would mean another instant on each machine that reads it.
/// </summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out DateTimeOffset instant))
            throw new JsonException("it is no instant; write one as 2026-01-31T12:00:00Z.");
        return SaysOffset(reader.GetString()!)
            ? instant
            : throw new JsonException("the instant has no offset; end it with Z, or with one such as +01:00.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    // Behind the T, hyphens and plus signs belong to the offset alone.
    private static bool SaysOffset(string text)
    {
        int time = text.IndexOf('T', StringComparison.Ordinal);
        return time >= 0 && text.IndexOfAny(['Z', '+', '-'], time) >= 0;
    }
}
