using System.Text;

namespace Waybill.Stores;

/// <summary>
/// What can be a record, the same on every store: each store checks its arguments here before it does anything.
/// </summary>
public static class RecordRules
{
    /// <summary>How many records one call may write or read: 1,000.</summary>
    public const int CountMax = 1000;

    /// <summary>How long a value may be, in bytes: 1 MiB.</summary>
    public const int ValueBytesMax = 1024 * 1024;

    private const int KindLengthMax = 100;
    private const int NameLengthMax = 400;

    private static readonly TimeSpan KeepForMax = TimeSpan.FromDays(36_500);

    /// <summary>Checks records that are to be written.</summary>
    /// <param name="writes">The records.</param>
    /// <exception cref="ArgumentException">One cannot be written; the message says which and why.</exception>
    public static void Check(IReadOnlyList<RecordWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        CheckCount(writes.Count, nameof(writes));
        HashSet<RecordKey> keys = new(writes.Count);
        foreach (RecordWrite write in writes)
        {
            CheckKey(write.Key, nameof(writes));
            if (!keys.Add(write.Key))
                throw Fault($"{Of(write.Key)} is written twice in one call. Write it once.", nameof(writes));
            if (write.Value is { Length: 0 or > ValueBytesMax } value)
            {
                throw Fault(
                    $"The value of {Of(write.Key)} has {value.Length} bytes: 1 to {ValueBytesMax} can be kept. "
                    + "Give null to delete the record.",
                    nameof(writes));
            }

            if (write.Expected < 0)
            {
                throw Fault(
                    $"{Of(write.Key)} cannot have revision {write.Expected}: give one that was read, 0 for a record "
                    + "that must not be there, or null for any.",
                    nameof(writes));
            }

            if (write.KeepFor is { } span && (span <= TimeSpan.Zero || span > KeepForMax))
            {
                throw Fault(
                    $"{Of(write.Key)} cannot be kept for {span}: give more than zero and at most 36,500 days, or null "
                    + "for ever.",
                    nameof(writes));
            }
        }
    }

    /// <summary>Checks keys that are to be read.</summary>
    /// <param name="keys">The keys.</param>
    /// <exception cref="ArgumentException">No record can have one of them.</exception>
    public static void Check(IReadOnlyList<RecordKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        CheckCount(keys.Count, nameof(keys));
        foreach (RecordKey key in keys)
            CheckKey(key, nameof(keys));
    }

    /// <summary>Checks a filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <exception cref="ArgumentException">No record can match it.</exception>
    public static void Check(RecordFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        CheckKind(filter.Kind, nameof(filter));
        if (filter.NamePrefix is { } prefix && !IsName(prefix, lengthMin: 0))
            throw Fault($"No record's name begins with \"{Shown(prefix)}\": {NameRule}", nameof(filter));
    }

    /// <summary>
    /// The first text behind all that begin with a prefix, in the order of code points; null when there is none.
    /// </summary>
    /// <param name="prefix">The prefix, well-formed.</param>
    public static string? PrefixEnd(string prefix)
    {
        List<Rune> runes = [.. prefix.EnumerateRunes()];
        while (runes.Count > 0)
        {
            int next = runes[^1].Value + 1;
            runes.RemoveAt(runes.Count - 1);
            if (next <= 0x10FFFF)
                // Behind U+D7FF come the halves of surrogate pairs, which no text has.
                return string.Concat(runes) + new Rune(next == 0xD800 ? 0xE000 : next);
        }

        return null;
    }

    private static string NameRule =>
        $"use 1 to {NameLengthMax} characters, no control characters, no halves of surrogate pairs.";

    private static void CheckCount(int count, string parameter)
    {
        if (count > CountMax)
            throw Fault($"{count} records in one call: {CountMax} at the most. Make several calls.", parameter);
    }

    private static void CheckKey(RecordKey key, string parameter)
    {
        CheckKind(key.Kind, parameter);
        if (!IsName(key.Name, lengthMin: 1))
        {
            throw Fault(
                $"\"{Shown(key.Name)}\" cannot be the name of a record of kind {key.Kind}: {NameRule}", parameter);
        }
    }

    private static void CheckKind(string? kind, string parameter)
    {
        bool fits = kind is { Length: >= 1 and <= KindLengthMax }
            && kind.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
        if (!fits)
        {
            throw Fault(
                $"\"{Shown(kind)}\" cannot be the kind of a record: use 1 to {KindLengthMax} of the characters a-z, "
                + "0-9, '-' and '.'.",
                parameter);
        }
    }

    private static bool IsName(string? name, int lengthMin)
    {
        if (name is null || name.Length < lengthMin || name.Length > NameLengthMax)
            return false;
        for (int at = 0; at < name.Length;)
        {
            if (!Rune.TryGetRuneAt(name, at, out Rune rune) || Rune.IsControl(rune))
                return false;
            at += rune.Utf16SequenceLength;
        }

        return true;
    }

    private static string Of(RecordKey key) => $"record {key.Kind} \"{key.Name}\"";

    // What is refused may be long, and of any characters.
    private static string Shown(string? text) => text is null
        ? "(null)"
        : string.Concat(text.Take(NameLengthMax).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));

    private static ArgumentException Fault(string message, string parameter) =>
        new(char.ToUpperInvariant(message[0]) + message[1..], parameter);
}
