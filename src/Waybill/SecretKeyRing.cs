using System.Security.Cryptography;

namespace Waybill;

/// <summary>
/// A key ring that is given all its keys at once and never changes. To rotate, put a new key first and keep the old
/// ones for as long as anything encrypted with them is kept.
/// </summary>
public sealed class SecretKeyRing : IKeyRing
{
    private const int KeyLength = 32;
    private const int IdLengthMax = 64;

    private readonly Dictionary<string, byte[]> keys = [];

    /// <summary>A ring of these keys.</summary>
    /// <param name="keys">
    /// Ids and keys, the current one first. An id has 1 to 64 letters, digits, '-' and '_'; a key has 32 bytes.
    /// </param>
    /// <exception cref="ArgumentException">There is none, an id is given twice, or one cannot be used.</exception>
    public SecretKeyRing(params IReadOnlyList<(string Id, byte[] Key)> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
            throw new ArgumentException("A key ring needs at least one key.", nameof(keys));
        foreach ((string id, byte[] key) in keys)
        {
            if (!IsId(id))
            {
                throw new ArgumentException(
                    $"\"{id}\" cannot be the id of a key: use 1 to {IdLengthMax} letters, digits, '-' and '_'.",
                    nameof(keys));
            }

            if (key?.Length != KeyLength)
            {
                throw new ArgumentException(
                    $"Key \"{id}\" has {key?.Length ?? 0} bytes; it must have {KeyLength}.", nameof(keys));
            }

            if (!this.keys.TryAdd(id, [.. key]))
                throw new ArgumentException($"Key \"{id}\" is given twice. Keep one.", nameof(keys));
        }

        CurrentKeyId = keys[0].Id;
    }

    /// <inheritdoc/>
    public string CurrentKeyId { get; }

    /// <summary>
    /// Reads a ring from text: a line for each key, the current one first, each with an id, white space, and the key in
    /// base 64. Empty lines and lines that begin with # say nothing.
    /// </summary>
    /// <param name="text">The lines.</param>
    /// <exception cref="FormatException">A line is no key; the message names its number and never its text.</exception>
    /// <exception cref="ArgumentException">The keys make no ring.</exception>
    public static SecretKeyRing Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(string, byte[])> keys = [];
        foreach ((int number, string line) in text.Split('\n').Index())
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                continue;
            byte[] key = new byte[KeyLength];
            if (words.Length != 2 || !Convert.TryFromBase64String(words[1], key, out int length) || length != KeyLength)
            {
                throw new FormatException(
                    $"Line {number + 1} of the key ring is no key. Write an id, a blank, and {KeyLength} bytes in "
                    + "base 64.");
            }

            keys.Add((words[0], key));
        }

        return new SecretKeyRing(keys);
    }

    /// <summary>A line for <see cref="Parse"/> with a new random key.</summary>
    /// <param name="id">The key's id.</param>
    public static string NewLine(string id)
    {
        if (!IsId(id))
        {
            throw new ArgumentException(
                $"\"{id}\" cannot be the id of a key: use 1 to {IdLengthMax} letters, digits, '-' and '_'.",
                nameof(id));
        }

        return $"{id} {Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength))}";
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Find(string keyId) => keys.GetValueOrDefault(keyId);

    private static bool IsId(string? id) =>
        id is { Length: >= 1 and <= IdLengthMax } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
