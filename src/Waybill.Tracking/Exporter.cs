using System.Globalization;
using System.Text;
using System.Text.Json;
using Waybill.Tracking.Reading;

namespace Waybill.Tracking;

/// <summary>What is exported; docs/warehouse-export.md states each kind's columns.</summary>
public enum ExportKind
{
    /// <summary>One record for each element.</summary>
    Elements = 0,

    /// <summary>One record for each step of each element's history.</summary>
    Steps = 1,
}

/// <summary>How records are written.</summary>
public enum ExportFormat
{
    /// <summary>One JSON object a line, without members that have no value.</summary>
    JsonLines = 0,

    /// <summary>RFC 4180 with a line of headers; no value is an empty field.</summary>
    Csv = 1,
}

/// <summary>
/// Writes what has ended, from tracking and warehouse as one, for other programs. Reads in pages, so that its memory
/// does not grow with what it writes.
/// </summary>
/// <param name="store">The store, opened.</param>
public sealed class Exporter(TrackingStore store)
{
    private const int PageSize = 1000;

    /// <summary>Writes records in the order in which elements were accepted.</summary>
    /// <param name="onto">Where to; it is flushed at the end.</param>
    /// <param name="kind">What.</param>
    /// <param name="format">How.</param>
    /// <param name="filter">Which elements.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many records were written.</returns>
    public async Task<long> WriteAsync(
        TextWriter onto, ExportKind kind, ExportFormat format, EndedFilter filter, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(onto);
        ArgumentNullException.ThrowIfNull(filter);
        IReadOnlyList<string> columns = kind == ExportKind.Elements ? ElementColumns : StepColumns;
        if (format == ExportFormat.Csv)
            await onto.WriteAsync($"{string.Join(',', columns)}\r\n");
        long written = 0;
        long? after = null;
        do
        {
            (IReadOnlyList<object?[]> records, after) = await PageAsync(kind, filter, after, cancel);
            foreach (object?[] record in records)
                await onto.WriteAsync(format == ExportFormat.Csv ? ToCsv(record) : ToJson(columns, record));
            written += records.Count;
        }
        while (after is not null);
        await onto.FlushAsync(cancel);
        return written;
    }

    private static readonly string[] ElementColumns =
    [
        "id", "site", "businessKey", "workflow", "version", "node", "hop", "acceptedAt", "endedAt", "ending", "caller",
        "root", "attributes", "personal", "erased",
    ];

    private static readonly string[] StepColumns =
    [
        "element", "businessKey", "at", "kind", "hop", "workflow", "version", "node", "workedMicroseconds", "detail",
        "milestone", "erased",
    ];

    private Task<(IReadOnlyList<object?[]> Records, long? Next)> PageAsync(
        ExportKind kind, EndedFilter filter, long? after, CancellationToken cancel) =>
        store.ReadAsync<(IReadOnlyList<object?[]>, long?)>(
            async shelves =>
            {
                (List<(Shelf Shelf, FoundElement Found)> found, long? next) = await Pages.FindAsync(
                    shelves.All, Condition.Of(filter), new PageRequest(PageSize, after));
                SubjectKeys keys = new(shelves.Tracking);
                if (kind == ExportKind.Elements)
                {
                    List<TrackedElement> opened = await keys.OpenAsync(found.Select(one => one.Found));
                    return ([.. opened.Select(ToRecord)], next);
                }

                HistoryReading histories = await HistoryReading.BeginAsync(shelves, keys);
                List<object?[]> steps = [];
                foreach (IGrouping<Shelf, FoundElement> shelf in found.GroupBy(one => one.Shelf, one => one.Found))
                {
                    ILookup<long, TrackedStep> ofShelf = await histories.StepsAsync(shelf.Key, [.. shelf]);
                    foreach (FoundElement one in shelf)
                        steps.AddRange(ofShelf[one.Key].Select(step => ToRecord(one.Element, step)));
                }

                return (steps, next);
            },
            cancel);

    private static object?[] ToRecord(TrackedElement element) =>
    [
        element.Id.ToString(), element.Site, element.BusinessKey, element.Node.Workflow, element.Node.Version,
        element.Node.Node, element.Hop, element.AcceptedAt, element.EndedAt, Camel(element.Ending?.ToString()),
        element.Caller?.ToString(), element.Root.ToString(), Json.Of(element.Attributes), Json.Of(element.Personal),
        element.IsErased ? true : null,
    ];

    private static object?[] ToRecord(TrackedElement element, TrackedStep step) =>
    [
        element.Id.ToString(), element.BusinessKey, step.At, Camel(step.Kind.ToString()), step.Hop, step.Node.Workflow,
        step.Node.Version, step.Node.Node, step.Worked.ToMicros(), Json.Of(step.Detail), Json.Of(step.Milestone),
        step.IsErased ? true : null,
    ];

    private static string? Camel(string? name) => name is null ? null : JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string ToCsv(object?[] record) => $"{string.Join(',', record.Select(Field))}\r\n";

    private static string Field(object? value)
    {
        string text = value switch
        {
            null => "",
            Json json => json.Text,
            DateTimeOffset at => Written(at),
            bool isTrue => isTrue ? "true" : "false",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string ToJson(IReadOnlyList<string> columns, object?[] record)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            for (int i = 0; i < record.Length; i++)
                Write(writer, columns[i], record[i]);
            writer.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case Json json:
                writer.WritePropertyName(name);
                writer.WriteRawValue(json.Text);
                break;
            case DateTimeOffset at:
                writer.WriteString(name, Written(at));
                break;
            case bool isTrue:
                writer.WriteBoolean(name, isTrue);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteString(name, (string)value);
                break;
        }
    }

    private static string Written(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private sealed record Json(string Text)
    {
        public static Json? Of(string? text) => text is null ? null : new Json(text);
    }
}
