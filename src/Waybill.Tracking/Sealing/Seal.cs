using System.Security.Cryptography;

namespace Waybill.Tracking.Sealing;

/// <summary>The key under which the personal data of one subject is kept.</summary>
/// <param name="Number">The subject's number in the tracking store.</param>
/// <param name="Key">256 bits.</param>
internal sealed record SubjectKey(long Number, byte[] Key)
{
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(32);
}

/// <summary>
/// AES-256-GCM with a random nonce, bound to the element: nonce (12 bytes), tag (16 bytes), then the encrypted text.
/// </summary>
internal static class Seal
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public static byte[] Close(byte[] key, ElementId element, ReadOnlySpan<byte> plain)
    {
        byte[] closed = new byte[NonceLength + TagLength + plain.Length];
        Span<byte> nonce = closed.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(key, TagLength);
        cipher.Encrypt(
            nonce, plain, closed.AsSpan(NonceLength + TagLength), closed.AsSpan(NonceLength, TagLength),
            element.Value.ToByteArray(bigEndian: true));
        return closed;
    }

    /// <exception cref="AuthenticationTagMismatchException">
    /// Another key or element, or the text was changed.
    /// </exception>
    public static byte[] Open(byte[] key, ElementId element, ReadOnlySpan<byte> closed)
    {
        byte[] plain = new byte[closed.Length - NonceLength - TagLength];
        using AesGcm cipher = new(key, TagLength);
        cipher.Decrypt(
            closed[..NonceLength], closed[(NonceLength + TagLength)..], closed[NonceLength..(NonceLength + TagLength)],
            plain, element.Value.ToByteArray(bigEndian: true));
        return plain;
    }
}
