using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Reads the <c>Idempotency-Key</c> header: a string of Structured Fields, or a bare token.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int LengthMax = 255;

    /// <summary>The key; null when the request has none.</summary>
    /// <exception cref="ProblemException">It is given twice, empty, too long, or not a string.</exception>
    public static string? Of(HttpRequest request)
    {
        string?[] given = [.. request.Headers[Header]];
        if (given.Length == 0)
            return null;
        return given is [{ } text] && Unquoted(text.Trim()) is { Length: >= 1 and <= LengthMax } key
            ? key
            : throw new ProblemException(
                IdempotencyProblems.BadKey,
                $"{Header} must be given once, as a string of 1 to {LengthMax} ASCII characters in quotes, for example "
                + $"{Header}: \"8e03978e-40d5-43dd-bc93-6894a57f9324\".");
    }

    /// <summary>The name of the record: one client's key at one address is nobody else's.</summary>
    public static string RecordName(HttpContext context, string key)
    {
        string client = context.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? context.User.Identity?.Name ?? "";
        string[] parts = [client, context.Request.Method, context.Request.Path, key];
        StringBuilder text = new();
        foreach (string part in parts)
            text.Append(part.Length).Append(':').Append(part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>What tells one request from another that comes with the same key.</summary>
    public static string Fingerprint(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(request.QueryString.Value ?? ""));
        hash.AppendData([0]);
        hash.AppendData(body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Unquoted(string text)
    {
        if (text.Length < 2 || text[0] != '"')
            return text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/=".Contains(c)) ? text : null;
        if (text[^1] != '"')
            return null;
        StringBuilder key = new();
        for (int i = 1; i < text.Length - 1; i++)
        {
            bool isEscaped = text[i] == '\\';
            if (isEscaped && ++i == text.Length - 1)
                return null;
            if (isEscaped ? text[i] is not ('"' or '\\') : text[i] is '"' or < ' ' or > '~')
                return null;
            key.Append(text[i]);
        }

        return key.ToString();
    }
}
