using System.Text.RegularExpressions;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>
/// What a caller of the site could know: names, keys, and what the server answered before, so that requests reach
/// further than the first check.
/// </summary>
internal sealed partial class FuzzPool(IReadOnlyList<string> keys, IReadOnlyDictionary<string, string[]> names)
{
    private const int KeptMax = 512;

    private readonly Lock gate = new();
    private readonly string[] found = new string[KeptMax];
    private readonly string[] counts = new string[KeptMax];
    private int foundCount;
    private int countCount;

    /// <summary>The keys that requests carry; no request may find out another of them.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

    /// <summary>Whether there are values of its own for a name.</summary>
    public bool Knows(string name) => names.ContainsKey(name);

    /// <summary>Something that fits a parameter or member of this name.</summary>
    public string Fitting(string name, Random chance)
    {
        if (names.TryGetValue(name, out string[]? known))
            return known[chance.Next(known.Length)];
        lock (gate)
        {
            bool isCount = name is "confirm" or "max";
            int have = Math.Min(KeptMax, isCount ? countCount : foundCount);
            return have == 0 ? "1" : (isCount ? counts : found)[chance.Next(have)];
        }
    }

    /// <summary>Notes the ids and counts of an answer.</summary>
    public void Learn(string body)
    {
        foreach (Match match in Ids().Matches(body).Take(20))
        {
            string value = match.Groups[1].Value;
            // A request must not revoke the keys that all others need.
            if (value.Length <= 100 && !Keys.Any(key => key.Contains(value, StringComparison.Ordinal)))
            {
                lock (gate)
                    found[foundCount++ % KeptMax] = value;
            }
        }

        foreach (Match match in Counts().Matches(body).Take(2))
        {
            lock (gate)
                counts[countCount++ % KeptMax] = match.Groups[1].Value;
        }
    }

    [GeneratedRegex("\"(?:id|prefix|lease|ticket|batch|caller|next)\":\"?([A-Za-z0-9_.:-]+)")]
    private static partial Regex Ids();

    [GeneratedRegex("\"count\":([0-9]+)")]
    private static partial Regex Counts();
}
