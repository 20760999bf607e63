using System.Globalization;
using System.Text;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>The headers of one request.</summary>
internal sealed class FuzzHeaders(FuzzPool pool, Random chance, double odds)
{
    private static readonly string[] Types =
    [
        "text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data; boundary=x", "", "/",
        "application/vnd.x+json", "application/json;;", "application/json, text/plain", "APPLICATION/JSON",
        "application/x-www-form-urlencoded", "application/json; charset=\"utf-8\"", "application/json; charset=\"",
    ];

    private static readonly string[] Waits =
    [
        "wait=0", "wait=1", "respond-async, wait=1", "wait=60", "wait=99999999999999999999", "respond-async", "wait=-1",
        "wait", "wait=\"", ",,;=,", "respond-async; wait=1; x=\"a,b\"", "\\", "wait=1;wait=2", "\"wait=5\"", "=",
    ];

    private static readonly string[] Keys =
        ["\"a\"", "a", "\"\"", "\"a", "\"\\\"", "\"a\\b\"", "a b", "\"é\"", "\"a\", \"b\"", "?1", ":YQ==:", ""];

    private static readonly string[] Tags = ["*", "\"a\"", "W/\"1\"", "\"", "W/", "\"a\", \"b\"", ",", "a", "\"\0\""];

    private static readonly string[] Others =
    [
        "Accept: text/html;q=x", "Accept: ,", "Accept-Encoding: gzip;q=9", "Range: bytes=-1", "Upgrade: websocket",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA", "Expect: 100-continue",
        "Expect: x", "Connection: close", "TE: trailers", "X-HTTP-Method-Override: DELETE", "X-Forwarded-For: ::1",
        "X-Original-URL: /v1/keys", "traceparent: 00-0-0-0", "tracestate: " + "=,=", "baggage: a=%", "Date: never",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", "Waybill-Deadline-Ms: -1", ": x",
        "Waybill-Caller: \0", "Last-Event-ID: x", "If-Match: *", "If-Modified-Since: x", "no colon", " folded: x",
        "Cookie: a=b; c", "Host: other.invalid", "Content-Encoding: gzip", "Accept-Language: \u00ff", "Origin: null",
    ];

    private string? preference;

    public bool AsksToWait => preference is not null;

    public string Text(bool hasBody)
    {
        StringBuilder text = new();
        if (!IsOdd() || chance.Next(4) > 0)
            text.Append("Host: 127.0.0.1\r\n");
        if (Key() is { } key)
            text.Append("Authorization: ").Append(key).Append("\r\n");
        if (hasBody && (!IsOdd() || chance.Next(3) > 0))
            text.Append("Content-Type: ").Append(IsOdd() ? Any(Types) : "application/json").Append("\r\n");
        if (chance.Next(8) == 0)
            text.Append("Prefer: ").Append(preference = IsOdd() ? OddTexts.Value(chance) : Any(Waits)).Append("\r\n");
        if (chance.Next(8) == 0)
            text.Append("Idempotency-Key: ").Append(IsOdd() ? Any(Keys) : $"\"k{chance.Next(2000)}\"").Append("\r\n");
        if (chance.Next(8) == 0)
            text.Append("If-None-Match: ").Append(IsOdd() ? OddTexts.Value(chance) : Any(Tags)).Append("\r\n");
        if (IsOdd())
            text.Append(Any(Others)).Append("\r\n");
        if (IsOdd())
            text.Append(Many());
        return text.ToString();
    }

    /// <summary>How the body is framed.</summary>
    public FuzzFrame Frame(byte[]? body, bool isOdd)
    {
        byte[] bytes = body ?? [];
        if (isOdd)
            return Torn(bytes);
        if (body is null)
            return new FuzzFrame(chance.Next(2) == 0 ? "" : "Content-Length: 0\r\n", [], IsTorn: false);
        return chance.Next(5) == 0
            ? new FuzzFrame("Transfer-Encoding: chunked\r\n", [.. Chunk(bytes), .. "0\r\n\r\n"u8], IsTorn: false)
            : new FuzzFrame($"Content-Length: {bytes.Length}\r\n", bytes, IsTorn: false);
    }

    private FuzzFrame Torn(byte[] bytes)
    {
        (string headers, byte[] sent) = chance.Next(12) switch
        {
            0 => ($"Content-Length: {bytes.Length + chance.Next(1, 100)}\r\n", bytes),
            1 => ($"Content-Length: {bytes.Length / 2}\r\n", bytes),
            2 => ("Content-Length: 99999999\r\n", bytes),
            3 => ("Content-Length: 99999999999999999999\r\n", bytes),
            4 => ("Content-Length: -1\r\n", bytes),
            5 => ($"Content-Length: {bytes.Length}\r\nContent-Length: 0\r\n", bytes),
            6 => ($"Content-Length: {bytes.Length}\r\nTransfer-Encoding: chunked\r\n", Chunk(bytes)),
            7 => ("Transfer-Encoding: chunked\r\n", Chunk(bytes)),
            8 => ("Transfer-Encoding: chunked\r\n", [.. "ffffffffff\r\n"u8, .. bytes]),
            9 => ("Transfer-Encoding: chunked\r\n", [.. "zz;\0\r\n"u8, .. bytes]),
            10 => ("Transfer-Encoding: gzip, chunked\r\n", bytes),
            _ => ("Content-Length: 5\r\nX: ", bytes),
        };
        return new FuzzFrame(headers, sent, IsTorn: true);
    }

    // Not of one byte at a time: chunks of a few dozen.
    private byte[] Chunk(byte[] bytes) =>
    [
        .. bytes.Chunk(chance.Next(16, 64)).SelectMany(chunk => (byte[])
        [
            .. Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"), .. chunk,
            .. "\r\n"u8,
        ]),
    ];

    private string? Key()
    {
        string right = "Bearer " + pool.Keys[chance.Next(4) > 0 ? 0 : chance.Next(pool.Keys.Count)];
        return !IsOdd() ? right : chance.Next(12) switch
        {
            0 or 1 => null,
            2 => "Bearer wb_" + Prefix() + "_" + new string('0', 64),
            3 => right[..^1] + (right[^1] == '0' ? '1' : '0'),
            4 => right + " ",
            5 => right + "\r\nAuthorization: " + right,
            6 => "Basic YTpi",
            7 => "Bearer",
            8 => "bearer\t" + right[7..],
            9 => "Bearer " + OddTexts.Value(chance),
            10 => "Bearer wb_\0\0\0\0\0\0\0\0_" + new string('a', 64),
            _ => "Bearer " + new string('w', chance.Next(100, 12_000)),
        };
    }

    private string Prefix() => string.Create(8, chance, static (text, chance) =>
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)('a' + chance.Next(26));
    });

    private string Many() => chance.Next(6) switch
    {
        0 => string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: a\r\n")),
        1 => $"X-Long: {new string('a', chance.Next(1000, 40_000))}\r\n",
        2 => $"X-Noise: {OddTexts.Noise(chance, 30)}\r\n",
        _ => $"X-Text: {OddTexts.Value(chance)}\r\n",
    };

    private bool IsOdd() => chance.NextDouble() < odds;

    private string Any(string[] texts) => texts[chance.Next(texts.Length)];
}

/// <summary>A body as it is sent.</summary>
/// <param name="Headers">The headers that say how long it is.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsTorn">Whether the headers lie.</param>
internal sealed record FuzzFrame(string Headers, byte[] Bytes, bool IsTorn);
