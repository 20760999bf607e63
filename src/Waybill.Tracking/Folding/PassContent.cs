using System.Globalization;
using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Tracking.Folding;

/// <summary>
/// The rows of a pass with their JSON read, and all that they name, so that a store can load it at once; and the rows
/// that are to be set aside.
/// </summary>
internal sealed class PassContent
{
    private const int ReasonMax = 1000;

    /// <summary>Reads rows.</summary>
    /// <param name="entries">The rows, in order.</param>
    /// <param name="newest">The last kind of row that is known.</param>
    /// <param name="isRetaken">Whether they were set aside before, and come after rows that followed them.</param>
    /// <param name="unfoldable">Those that are set aside whatever they say, with the reason.</param>
    public PassContent(
        IReadOnlyList<JournalEntry> entries, JournalKind newest, bool isRetaken,
        IReadOnlyDictionary<JournalPosition, string> unfoldable)
    {
        Items = new List<PassItem>(entries.Count);
        foreach (JournalEntry entry in entries)
        {
            if (unfoldable.GetValueOrDefault(entry.Position) is { } reason)
                SetAside(entry, reason);
            else
                Read(entry, newest, isRetaken);
        }
    }

    public List<PassItem> Items { get; }

    /// <summary>Rows that cannot be taken in, and why.</summary>
    public List<AsideRow> Aside { get; } = [];

    /// <summary>All elements that the rows tell of, and who called them.</summary>
    public HashSet<ElementId> Elements { get; } = [];

    public HashSet<NodeAddress> Nodes { get; } = [];

    public HashSet<string> Subjects { get; } = new(StringComparer.Ordinal);

    /// <summary>A reason in one text that every store can keep, and that repeats nothing of the row.</summary>
    public static string ReasonOf(Exception error)
    {
        // What the reader says of bad JSON quotes it, and it may be personal.
        string says = error is JsonException bad
            ? string.Create(
                CultureInfo.InvariantCulture, $"no JSON from line {bad.LineNumber}, byte {bad.BytePositionInLine} on")
            : error.Message;
        string reason = $"{error.GetType().Name}: {says}".Replace("\0", "", StringComparison.Ordinal);
        return reason.Length <= ReasonMax ? reason : reason[..ReasonMax];
    }

    private void Read(JournalEntry entry, JournalKind newest, bool isRetaken)
    {
        if (entry.Kind > newest)
        {
            SetAside(entry, $"This version knows no rows of kind {entry.Kind}: they come from a newer one.");
            return;
        }

        PassItem item;
        try
        {
            item = PassItem.Of(entry, isRetaken);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            SetAside(entry, ReasonOf(error));
            return;
        }

        Items.Add(item);
        Elements.Add(entry.Element);
        Nodes.Add(entry.Node);
        if (item.Caller is { } caller)
            Elements.Add(caller);
        if (item.Subject is { } subject)
            Subjects.Add(subject);
    }

    private void SetAside(JournalEntry entry, string reason)
    {
        AsideRow row = AsideRow.Of(entry, reason);
        Aside.Add(row);
        Elements.Add(entry.Element);
        if (row.Subject is { } subject)
            Subjects.Add(subject);
    }
}
