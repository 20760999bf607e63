namespace Waybill.Server.Tests.Fuzzing;

/// <summary>Texts that have broken servers before.</summary>
internal static class OddTexts
{
    private static readonly string[] Segments =
    [
        "", " ", ".", "..", "../..", "%2e%2e", "%2f", "%2F%2e%2e%2f", "%5c", "\\", "%00", "a%00b", "%", "%zz", "%c0%af",
        "%ff%fe", "%ed%a0%80", "%e2%80%ae", "%0d%0aX-Injected:1", ";a=b", "*", "+", "~", "'", "\"", "' or 1=1 --",
        "%27%20or%201%3D1", "<script>", "{id}", "${jndi}", "0", "-1", "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "{0F8FAD5B-D9CB-469F-A165-70867728950E}", "9223372036854775807",
        "9223372036854775808", "-9223372036854775809", "2147483648", "1e9", "NaN", "null", "true", "0x10",
        "%F0%9F%92%A9", "ßüñ", "%C2%A0", "%EF%BB%BF", "nul:", "::1", "//", "///x", "1/2", "%3f", "?", "#", "%23",
    ];

    private static readonly string[] Values =
    [
        .. Segments, "a\0b", "\u202e", "\ufeff", "𝄞", "\ud800x", "\t", "\r\n", "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999-14:00", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999Z", "2026-01-01T00:00:00+99:00", "10:10", "grams:less:300", "grams:less:x",
        "zone:equal:\0", ":::", "asc", "https://callback.invalid/x", "http://127.0.0.1:1/", "https://[::1]:1/",
        "https://10.0.0.1/", "file:///etc/passwd", "https://a@callback.invalid", "https://callback.invalid\\@10.0.0.1",
        "1.7976931348623157E+309", "79228162514264337593543950336", "-0", "0.1", "1_000", " 1", "1 ", "١", "%n%s",
    ];

    /// <summary>What may stand between two slashes of an address, or must not.</summary>
    public static string Segment(Random chance) => chance.Next(20) switch
    {
        0 => new string('a', chance.Next(100, 9000)),
        1 => string.Concat(Enumerable.Repeat("%C3%A4", chance.Next(10, 900))),
        2 => Noise(chance, chance.Next(1, 40)),
        _ => Segments[chance.Next(Segments.Length)],
    };

    /// <summary>What may be the value of something.</summary>
    public static string Value(Random chance) => chance.Next(20) switch
    {
        0 => new string('x', chance.Next(100, 5000)),
        1 => string.Concat(Enumerable.Repeat("é", chance.Next(100, 1500))),
        2 => Noise(chance, chance.Next(1, 40)),
        _ => Values[chance.Next(Values.Length)],
    };

    /// <summary>One byte each.</summary>
    public static string Noise(Random chance, int length) =>
        string.Create(length, chance, static (text, chance) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)chance.Next(256);
        });
}
