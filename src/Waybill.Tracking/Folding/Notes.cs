using System.Buffers;
using System.Text;
using System.Text.Json;
using Waybill.Stores;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Folding;

/// <summary>What is kept of details and facts, and what of it is sealed.</summary>
internal static class Notes
{
    /// <summary>Puts the attributes that a row brings into its element.</summary>
    /// <param name="item">The row.</param>
    /// <param name="row">Its element.</param>
    /// <param name="scope">What the pass is about.</param>
    /// <param name="isBehind">Whether the element has gone on since: then what it has stays.</param>
    public static void Keep(PassItem item, TrackedRow row, FoldScope scope, bool isBehind)
    {
        if (item.Facts is not { } facts || (isBehind && row.Attributes is not null))
            return;
        SubjectKey? subject = item.Subject is { } name ? scope.SubjectOf(name) : null;
        row.Subject = subject?.Number ?? row.Subject;
        if (facts.Attributes is null)
            return;
        if (facts.Attributes != row.Attributes)
        {
            if (!row.HasNewAttributes)
                row.ReplacedAttributes = row.Attributes;
            row.HasNewAttributes = true;
            row.Attributes = facts.Attributes;
        }

        row.Personal = facts.Personal is null ? null : Seal.Close(subject!.Key, row.Id, facts.Personal);
    }

    /// <summary>
    /// The step of the history. Milestones, and what was changed from what to what, are sealed where the element, or
    /// the head of its family, has personal data: they may repeat it.
    /// </summary>
    public static HistoryEntry ToHistory(PassItem item, TrackedRow row, FoldScope scope, long at, int node)
    {
        JournalEntry entry = item.Entry;
        string? detail = item.Detail;
        string? milestone = item.Facts?.Milestone;
        string? note = detail is null && milestone is null ? null : Joined(detail, milestone);
        bool mayBePersonal = note is not null && (milestone is not null || IsOfChange(entry.Kind));
        bool isSealed = mayBePersonal && SubjectOf(row, scope) is not null;
        if (isSealed)
        {
            // Without its key, nobody may read it any more, so it is not kept either. The subject's number stands with
            // it: the element may become another one's.
            long subject = SubjectOf(row, scope)!.Value;
            note = scope.KeyOf(subject) is { } key
                ? FormattableString.Invariant(
                    $"{subject}:{Convert.ToBase64String(Seal.Close(key, row.Id, Encoding.UTF8.GetBytes(note!)))}")
                : null;
        }

        return new HistoryEntry(
            at, entry.Kind, entry.Hop, node, entry.Worked.ToMicros(), note, isSealed && note is not null);
    }

    /// <summary>
    /// A part of a history: a JSON array of steps <c>[at,kind,hop,node,worked]</c>, with the note as a sixth member
    /// where there is one; when that is sealed, a string: the subject's number, a colon, and base 64.
    /// </summary>
    public static void Write(List<HistoryEntry> entries, IBufferWriter<byte> onto)
    {
        using Utf8JsonWriter writer = new(onto, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartArray();
        foreach (HistoryEntry entry in entries)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(entry.At);
            writer.WriteNumberValue((int)entry.Kind);
            writer.WriteNumberValue(entry.Hop);
            writer.WriteNumberValue(entry.Node);
            writer.WriteNumberValue(entry.Worked);
            if (entry.IsSealed)
                writer.WriteStringValue(entry.Note);
            else if (entry.Note is not null)
                writer.WriteRawValue(entry.Note, skipInputValidation: true);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.Flush();
    }

    /// <summary>
    /// What a history keeps of a detail: what stands in columns and in the family tree needs no repeating, and a
    /// failure's stack is the site's business.
    /// </summary>
    public static string? Kept(JournalEntry entry, JsonElement detail) => entry.Kind switch
    {
        JournalKind.Accepted or JournalKind.Called => null,
        JournalKind.Retried or JournalKind.Diverted or JournalKind.Sidelined => WithoutStack(entry.Detail!, detail),
        _ => entry.Detail,
    };

    private static long? SubjectOf(TrackedRow row, FoldScope scope) => row.Subject ?? scope.RootOf(row).Subject;

    private static bool IsOfChange(JournalKind kind) =>
        kind is JournalKind.Amended or JournalKind.ChangeRequested or JournalKind.ChangeResolved;

    private static string Joined(string? detail, string? milestone) => (detail, milestone) switch
    {
        ({ } kept, { } said) => $$"""{"detail":{{kept}},"milestone":{{said}}}""",
        ({ } kept, null) => $$"""{"detail":{{kept}}}""",
        _ => $$"""{"milestone":{{milestone}}}""",
    };

    private static string WithoutStack(string failure, JsonElement detail)
    {
        if (detail.ValueKind != JsonValueKind.Object)
            return failure;
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in detail.EnumerateObject())
            {
                if (member.Name != "stack")
                    member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
