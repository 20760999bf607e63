using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Tracking.Folding;

/// <summary>
/// The rows of a pass with their JSON read, and all that they name, so that a store can load it at once.
/// </summary>
internal sealed class PassContent
{
    public PassContent(IReadOnlyList<JournalEntry> entries)
    {
        Items = new List<PassItem>(entries.Count);
        foreach (JournalEntry entry in entries)
        {
            PassItem item = PassItem.Of(entry);
            Items.Add(item);
            Elements.Add(entry.Element);
            Nodes.Add(entry.Node);
            if (item.Caller is { } caller)
                Elements.Add(caller);
            if (item.Subject is { } subject)
                Subjects.Add(subject);
        }
    }

    public List<PassItem> Items { get; }

    /// <summary>All elements that the rows tell of, and who called them.</summary>
    public HashSet<ElementId> Elements { get; } = [];

    public HashSet<NodeAddress> Nodes { get; } = [];

    public HashSet<string> Subjects { get; } = new(StringComparer.Ordinal);
}

/// <summary>One row of a journal with its JSON read.</summary>
internal readonly struct PassItem
{
    public required JournalEntry Entry { get; init; }

    public Facts? Facts { get; init; }

    /// <summary>The business key of one that was accepted.</summary>
    public string? BusinessKey { get; init; }

    /// <summary>Who called the one that was accepted.</summary>
    public ElementId? Caller { get; init; }

    /// <summary>The batch that it became a member of.</summary>
    public ElementId? Batch { get; init; }

    /// <summary>
    /// Whose personal data it is: that of the declared subject, else of the element itself; null for none.
    /// </summary>
    public string? Subject => Facts switch
    {
        { Subject: { } declared } => declared,
        { Personal: not null } => $"element {Entry.Element}",
        _ => null,
    };

    public static PassItem Of(JournalEntry entry)
    {
        Facts? facts = entry.Facts is null ? null : Facts.Read(entry.Facts);
        if (entry.Detail is null
            || entry.Kind is not (JournalKind.Accepted or JournalKind.Released or JournalKind.Batched))
            return new PassItem { Entry = entry, Facts = facts };
        using JsonDocument detail = JsonDocument.Parse(entry.Detail);
        return new PassItem
        {
            Entry = entry,
            Facts = facts,
            BusinessKey = detail.RootElement.TryGetProperty("key", out JsonElement key) ? key.GetString() : null,
            Caller = IdIn(detail.RootElement, "caller"),
            Batch = IdIn(detail.RootElement, "batch"),
        };
    }

    private static ElementId? IdIn(JsonElement detail, string name) =>
        detail.TryGetProperty(name, out JsonElement id) && id.TryGetGuid(out Guid value) ? new ElementId(value) : null;
}
