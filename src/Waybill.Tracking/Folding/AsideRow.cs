using System.Text;
using System.Text.Json;
using Waybill.Stores;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Folding;

/// <summary>A row that cannot be taken in.</summary>
/// <param name="Entry">The row.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Subject">Whose personal data it says it holds; null when it does not, or cannot be read.</param>
internal sealed record AsideRow(JournalEntry Entry, string Reason, string? Subject)
{
    public static AsideRow Of(JournalEntry entry, string reason) => new(entry, reason, SubjectIn(entry));

    /// <summary>
    /// The texts as they are to be kept: sealed with the key of the subject that the row names, else of its element's,
    /// else of that of the head of the family; as they are when none of these is known.
    /// </summary>
    public AsideTexts Texts(FoldScope scope)
    {
        if (Entry is { Detail: null, Facts: null })
            return new AsideTexts(null, null, null);
        if ((Subject is { } name ? scope.SubjectOf(name).Number : scope.SubjectNear(Entry.Element)) is not { } subject)
            return new AsideTexts(null, Bytes(Entry.Detail), Bytes(Entry.Facts));
        // Without its key, nobody may read them any more, so they are not kept either.
        return scope.KeyOf(subject) is { } key
            ? new AsideTexts(subject, Closed(Entry.Detail), Closed(Entry.Facts))
            : new AsideTexts(subject, null, null);

        byte[]? Closed(string? text) => text is null ? null : Seal.Close(key, Entry.Element, Bytes(text));
    }

    // More forgiving than the fold: attributes of a form that is not known yet still belong to somebody.
    private static string? SubjectIn(JournalEntry entry)
    {
        if (entry.Facts is null)
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Facts);
            return Facts.SubjectIn(document.RootElement, entry.Element);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Text of a journal may have characters that a database does not keep in texts.
    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}

/// <summary>Detail and facts of a row that is set aside, as they are kept.</summary>
/// <param name="Subject">With whose key they are sealed; null when they are plain.</param>
/// <param name="Detail">The detail.</param>
/// <param name="Facts">The facts.</param>
internal sealed record AsideTexts(long? Subject, byte[]? Detail, byte[]? Facts);
