using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Http;

/// <summary>
/// What a client prefers (RFC 7240). Preferences are wishes: what is unknown or malformed is passed over, and of one
/// that is given twice the first counts.
/// </summary>
/// <param name="RespondAsync">It would rather have a ticket than wait.</param>
/// <param name="Wait">How long it is willing to wait; null when it did not say.</param>
public readonly record struct Preferences(bool RespondAsync, TimeSpan? Wait)
{
    private const int WaitSecondsMax = 86_400;

    /// <summary>Reads the <c>Prefer</c> headers of a request.</summary>
    /// <param name="request">The request.</param>
    public static Preferences Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool respondAsync = false;
        TimeSpan? wait = null;
        foreach (string? header in request.Headers["Prefer"])
        {
            foreach (string preference in Split(header ?? "", ','))
            {
                (string name, string value) = NameAndValue(Split(preference, ';')[0]);
                if (Is(name, "respond-async"))
                    respondAsync = true;
                else if (Is(name, "wait") && wait is null && Seconds(value) is { } seconds)
                    wait = TimeSpan.FromSeconds(seconds);
            }
        }

        return new Preferences(respondAsync, wait);
    }

    /// <summary>Tells the client which of its preferences were honoured.</summary>
    /// <param name="response">The response.</param>
    /// <param name="wait">How long it was waited for at the most.</param>
    internal void Applied(HttpResponse response, TimeSpan wait)
    {
        List<string> applied = [];
        if (RespondAsync)
            applied.Add("respond-async");
        if (Wait is not null)
            applied.Add(FormattableString.Invariant($"wait={(long)wait.TotalSeconds}"));
        if (applied.Count > 0)
            response.Headers["Preference-Applied"] = string.Join(", ", applied);
    }

    private static (string Name, string Value) NameAndValue(string preference)
    {
        int at = preference.IndexOf('=', StringComparison.Ordinal);
        return at < 0
            ? (preference.Trim(), "")
            : (preference[..at].Trim(), preference[(at + 1)..].Trim().Trim('"'));
    }

    private static int? Seconds(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? (int)Math.Min(seconds, WaitSecondsMax)
            : null;

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Cuts at a separator, but not within quotes.</summary>
    private static List<string> Split(string text, char separator)
    {
        List<string> parts = [];
        int begin = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
                i++;
            else if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == separator && !isQuoted)
            {
                parts.Add(text[begin..i]);
                begin = i + 1;
            }
        }

        parts.Add(text[Math.Min(begin, text.Length)..]);
        return parts;
    }
}
