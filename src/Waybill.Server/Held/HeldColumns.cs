using System.Globalization;
using System.Text;
using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Held;

/// <summary>Values of the columns of aggregation queues, as they stand in requests and answers.</summary>
internal static class HeldColumns
{
    public static HeldType TypeOf(HeldDesk desk, string column) =>
        desk.Columns.FirstOrDefault(known => Same(known.Name, column))?.Type
        ?? throw Answer.Invalid(
            $"{desk.Queue} has no column \"{column}\". It has: {string.Join(", ", desk.Columns.Select(c => c.Name))}.");

    public static HeldValue Read(string column, HeldType type, string text)
    {
        HeldValue? read = type switch
        {
            HeldType.Number when decimal.TryParse(
                text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) => HeldValue.Of(number),
            HeldType.Instant when Query.ToInstant(text) is { } instant => HeldValue.Of(instant),
            HeldType.Text => HeldValue.Of(text),
            _ => null,
        };
        return read ?? throw Answer.Invalid($"\"{text}\" is no value for column \"{column}\", which holds a {type}.");
    }

    /// <summary>A condition as it stands in a query: <c>column:comparison</c>, or with <c>:value</c>.</summary>
    public static HeldCondition Condition(HeldDesk desk, string text)
    {
        string[] parts = text.Split(':', 3);
        HeldComparison? comparison = parts.Length < 2
            ? null
            : Enum.GetValues<HeldComparison>()
                .Cast<HeldComparison?>()
                .FirstOrDefault(known => EndpointWords.CamelCase(known.ToString()!) == parts[1]);
        if (comparison is not { } found)
        {
            throw Answer.Invalid(
                "A condition is written column:comparison:value, with a comparison of "
                + $"{string.Join(", ", Enum.GetNames<HeldComparison>().Select(EndpointWords.CamelCase))}.");
        }

        HeldType type = TypeOf(desk, parts[0]);
        return new HeldCondition(
            parts[0], found, parts.Length == 3 ? Read(parts[0], type, parts[2]) : HeldValue.None);
    }

    public static object? Shown(HeldValue value) =>
        value.Text ?? (object?)value.Number ?? (value.Instant is { } instant ? instant : null);

    /// <summary>Where a page ended, as text that nobody needs to understand.</summary>
    public static string? Cursor(HeldCursor? cursor) => cursor is null
        ? null
        : Convert.ToHexStringLower(JsonSerializer.SerializeToUtf8Bytes(new CursorText(
            cursor.Key, cursor.Value.Text, cursor.Value.Number, cursor.Value.Instant)));

    public static HeldCursor? Cursor(string? text)
    {
        if (text is null)
            return null;
        try
        {
            CursorText read = JsonSerializer.Deserialize<CursorText>(
                Encoding.UTF8.GetString(Convert.FromHexString(text)))!;
            HeldValue value = read.Text is not null ? HeldValue.Of(read.Text)
                : read.Number is not null ? HeldValue.Of(read.Number)
                : HeldValue.Of(read.Instant);
            return new HeldCursor(value, read.Key);
        }
        catch (Exception error) when (error is FormatException or JsonException or NullReferenceException)
        {
            throw Answer.Invalid("\"after\" is not the \"next\" of a page of this listing.");
        }
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private sealed record CursorText(long Key, string? Text, decimal? Number, DateTimeOffset? Instant);
}
