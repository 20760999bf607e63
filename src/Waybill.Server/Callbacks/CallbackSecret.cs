using System.Security.Cryptography;
using System.Text;

namespace Waybill.Server.Callbacks;

/// <summary>Secrets and signatures after Standard Webhooks 1.0, symmetric.</summary>
internal static class CallbackSecret
{
    private const string Prefix = "whsec_";
    private const int Bytes = 32;

    /// <summary>A new secret: <c>whsec_</c> and 32 bytes of chance, in base64.</summary>
    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The header <c>webhook-signature</c>: one signature for each secret.</summary>
    /// <param name="id">The message's id.</param>
    /// <param name="timestamp">The instant of the attempt, in Unix seconds.</param>
    /// <param name="body">The body, as it is sent.</param>
    /// <param name="secrets">The secrets that are valid now.</param>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, IEnumerable<string> secrets)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.")), .. body];
        return string.Join(' ', secrets.Select(secret =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed))));
    }

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[Prefix.Length..]);
}
