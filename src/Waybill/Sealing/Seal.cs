using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Waybill.Sealing;

/// <summary>
/// Encrypts texts, each under a key of its own, bound to a place: a text that is moved to another place cannot be
/// opened there.
/// </summary>
/// <remarks>
/// A sealed text is <c>waybill-sealed:KEY-ID:BASE64URL</c>, the bytes being salt (16), nonce (12), tag (16) and
/// ciphertext. AES-256-GCM under HMAC-SHA-256(key, salt): random nonces alone would wear a key out after some 2^32
/// texts, which a busy site writes within weeks.
/// </remarks>
internal sealed class Seal(IKeyRing keys)
{
    public const string Prefix = "waybill-sealed:";

    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = SaltLength + NonceLength + TagLength;

    /// <summary>Encrypts with the current key.</summary>
    /// <param name="plain">UTF-8 text.</param>
    /// <param name="place">What it is bound to.</param>
    /// <exception cref="RouteException">The ring does not have its current key.</exception>
    public string Close(ReadOnlySpan<byte> plain, string place)
    {
        string id = keys.CurrentKeyId;
        byte[] closed = new byte[HeadLength + plain.Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, SaltLength + NonceLength));
        using AesGcm cipher = CipherOf(id, closed.AsSpan(0, SaltLength), place);
        cipher.Encrypt(
            closed.AsSpan(SaltLength, NonceLength), plain, closed.AsSpan(HeadLength),
            closed.AsSpan(SaltLength + NonceLength, TagLength), Encoding.UTF8.GetBytes(place));
        return $"{Prefix}{id}:{Base64Url.EncodeToString(closed)}";
    }

    /// <summary>Decrypts.</summary>
    /// <param name="text">A sealed text.</param>
    /// <param name="place">What it must be bound to.</param>
    /// <exception cref="RouteException">
    /// Its key is not in the ring; or it was bound to another place, or has been altered.
    /// </exception>
    public byte[] Open(string text, string place)
    {
        int end = text.IndexOf(':', Prefix.Length);
        if (end < 0)
            throw Unreadable(place, null);
        try
        {
            byte[] closed = Base64Url.DecodeFromChars(text.AsSpan(end + 1));
            if (closed.Length < HeadLength)
                throw Unreadable(place, null);
            byte[] plain = new byte[closed.Length - HeadLength];
            using AesGcm cipher = CipherOf(text[Prefix.Length..end], closed.AsSpan(0, SaltLength), place);
            cipher.Decrypt(
                closed.AsSpan(SaltLength, NonceLength), closed.AsSpan(HeadLength),
                closed.AsSpan(SaltLength + NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw Unreadable(place, error);
        }
    }

    /// <summary>Whether a sealed text need not be encrypted anew.</summary>
    public bool IsCurrent(string text) =>
        text.AsSpan(Prefix.Length).StartsWith($"{keys.CurrentKeyId}:");

    private AesGcm CipherOf(string id, ReadOnlySpan<byte> salt, string place)
    {
        ReadOnlyMemory<byte> key = keys.Find(id);
        if (key.IsEmpty)
        {
            throw new RouteException(
                RouteException.KeyMissing,
                $"\"{place}\" is encrypted with key \"{id}\", which is not in the key ring of this process. Add the "
                + "key, then retry.");
        }

        Span<byte> own = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, salt, own);
        AesGcm cipher = new(own, TagLength);
        CryptographicOperations.ZeroMemory(own);
        return cipher;
    }

    private static RouteException Unreadable(string place, Exception? cause) => new(
        RouteException.SecretUnreadable,
        $"What is kept encrypted at \"{place}\" was not encrypted for that member, or was altered in the store"
        + $"{(cause is null ? "" : $" ({cause.GetType().Name})")}.");
}
