using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bookstore.Views;

/// <summary>
/// Writes the spans of this process to a file as they end, one line of JSON each: requests, calls of services, and what
/// nodes do. A trace is all lines of one trace id, over the files of all processes.
/// </summary>
internal sealed class SpanFile : IDisposable
{
    private static readonly string[] Sources = ["Waybill", "Waybill.Services", "Microsoft.AspNetCore"];
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly ActivityListener listener;

    /// <summary>Begins to listen; what the file has already stays.</summary>
    public SpanFile(string path)
    {
        file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        listener = new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Write,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose()
    {
        listener.Dispose();
        lock (gate)
            file.Dispose();
    }

    private void Write(Activity span)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, Plain))
            WriteSpan(json, span);
        line.WriteByte((byte)'\n');
        lock (gate)
        {
            if (!file.CanWrite)
                return;
            file.Write(line.GetBuffer(), 0, (int)line.Length);
            file.Flush();
        }
    }

    private static void WriteSpan(Utf8JsonWriter json, Activity span)
    {
        json.WriteStartObject();
        json.WriteString("trace", span.TraceId.ToHexString());
        json.WriteString("span", span.SpanId.ToHexString());
        json.WriteString("parent", span.ParentSpanId.ToHexString());
        json.WriteString("at", span.StartTimeUtc);
        json.WriteNumber("ms", Math.Round(span.Duration.TotalMilliseconds, 2));
        json.WriteString("name", span.DisplayName);
        json.WriteString("kind", span.Kind.ToString());
        foreach (KeyValuePair<string, object?> tag in span.TagObjects)
            json.WriteString(tag.Key, tag.Value?.ToString());
        if (span.Links.FirstOrDefault() is { Context: var link } && link != default)
            json.WriteString("link", link.TraceId.ToHexString());
        json.WriteEndObject();
    }
}
