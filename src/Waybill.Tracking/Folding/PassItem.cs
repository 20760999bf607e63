using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Tracking.Folding;

/// <summary>One row of a journal with its JSON read.</summary>
internal readonly struct PassItem
{
    public required JournalEntry Entry { get; init; }

    public Facts? Facts { get; init; }

    /// <summary>What is kept of the detail, JSON.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether it was set aside before: rows that came after it may have been folded already.</summary>
    public bool IsRetaken { get; init; }

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
        { Personal: not null } => Facts.SubjectOf(Entry.Element),
        _ => null,
    };

    /// <summary>Reads a row; all that it says has been looked at afterwards.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    /// <exception cref="FormatException">An id is none.</exception>
    public static PassItem Of(JournalEntry entry, bool isRetaken)
    {
        Facts? facts = entry.Facts is null ? null : Facts.Read(entry.Facts);
        PassItem item = new() { Entry = entry, Facts = facts, IsRetaken = isRetaken };
        if (entry.Detail is null || entry.Kind == JournalKind.Called)
            return item;
        using JsonDocument document = JsonDocument.Parse(entry.Detail);
        JsonElement detail = document.RootElement;
        item = item with { Detail = Notes.Kept(entry, detail) };
        if (entry.Kind is not (JournalKind.Accepted or JournalKind.Released or JournalKind.Batched))
            return item;
        return item with
        {
            // PostgreSQL cannot keep the character 0 in a text.
            BusinessKey = detail.TryGetProperty("key", out JsonElement key)
                ? key.GetString()?.Replace("\0", "", StringComparison.Ordinal)
                : null,
            Caller = IdIn(detail, "caller"),
            Batch = IdIn(detail, "batch"),
        };
    }

    private static ElementId? IdIn(JsonElement detail, string name) =>
        detail.TryGetProperty(name, out JsonElement id) ? new ElementId(id.GetGuid()) : null;
}
