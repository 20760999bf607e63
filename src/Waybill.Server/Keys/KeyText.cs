using System.Security.Cryptography;
using System.Text;

namespace Waybill.Server.Keys;

/// <summary>
/// The text of an API key: <c>wb_</c>, eight visible characters that tell keys apart, <c>_</c>, and 256 bits of chance.
/// </summary>
/// <param name="Prefix">The visible part.</param>
/// <param name="Hash">The SHA-256 of the secret part.</param>
internal readonly record struct KeyText(string Prefix, byte[] Hash)
{
    public const string Mark = "wb_";

    private const int PrefixLength = 8;
    private const int SecretBytes = 32;
    private const int SecretLength = SecretBytes * 2;
    private const string PrefixCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Reads what a client sent; null when it is not of this form.</summary>
    public static KeyText? Parse(string text)
    {
        bool fits = text.Length == Mark.Length + PrefixLength + 1 + SecretLength
            && text.StartsWith(Mark, StringComparison.Ordinal)
            && text[Mark.Length + PrefixLength] == '_';
        if (!fits)
            return null;
        string prefix = text.Substring(Mark.Length, PrefixLength);
        return IsPrefix(prefix) ? new KeyText(prefix, HashOf(text[^SecretLength..])) : null;
    }

    public static bool IsPrefix(string text) => text.Length == PrefixLength && text.All(PrefixCharacters.Contains);

    public static string NewPrefix() => RandomNumberGenerator.GetString(PrefixCharacters, PrefixLength);

    public static string NewSecret() => RandomNumberGenerator.GetHexString(SecretLength, lowercase: true);

    public static string Whole(string prefix, string secret) => $"{Mark}{prefix}_{secret}";

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
