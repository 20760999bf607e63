using System.Text.RegularExpressions;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>
/// What a caller of the site could know: names, keys, and what the server answered before, so that requests reach
/// further than the first check.
/// </summary>
internal sealed partial class FuzzPool(IReadOnlyList<string> keys, IReadOnlyDictionary<string, string[]> names)
{
    private const int KeptMax = 512;

    private const string Everything = "";
    private const string Count = "count";

    private readonly Lock gate = new();
    private readonly Dictionary<string, List<string>> found = [];

    /// <summary>The keys that requests carry; no request may find out another of them.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

    /// <summary>Whether there are values of its own for a name.</summary>
    public bool Knows(string name) => names.ContainsKey(name);

    /// <summary>Something that fits a parameter or member of this name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="family">What its route is about.</param>
    /// <param name="chance">Chooses.</param>
    public string Fitting(string name, string family, Random chance)
    {
        if (names.TryGetValue(name, out string[]? known))
            return known[chance.Next(known.Length)];
        lock (gate)
        {
            string kind = name is "confirm" or "max" ? Count : chance.Next(4) > 0 ? family : Everything;
            return found.TryGetValue(kind, out List<string>? have) || found.TryGetValue(Everything, out have)
                ? have[chance.Next(have.Count)]
                : "1";
        }
    }

    /// <summary>Notes the ids and counts of an answer.</summary>
    /// <param name="family">What the answering route is about.</param>
    /// <param name="body">The answer.</param>
    /// <param name="chance">Chooses what is forgotten for it.</param>
    public void Learn(string family, string body, Random chance)
    {
        foreach (Match match in Ids().Matches(body).Take(20))
        {
            string value = match.Groups[1].Value;
            // A request must not revoke the keys that all others need.
            if (value.Length > 100 || Keys.Any(key => key.Contains(value, StringComparison.Ordinal)))
                continue;
            Keep(family, value, chance);
            Keep(Everything, value, chance);
        }

        foreach (Match match in Counts().Matches(body).Take(2))
            Keep(Count, match.Groups[1].Value, chance);
    }

    private void Keep(string kind, string value, Random chance)
    {
        lock (gate)
        {
            if (!found.TryGetValue(kind, out List<string>? kept))
                found[kind] = kept = [];
            if (kept.Count < KeptMax)
                kept.Add(value);
            else
                kept[chance.Next(KeptMax)] = value;
        }
    }

    [GeneratedRegex("\"(?:id|prefix|lease|ticket|batch|caller|next)\":\"?([A-Za-z0-9_.:-]+)")]
    private static partial Regex Ids();

    [GeneratedRegex("\"count\":([0-9]+)")]
    private static partial Regex Counts();
}
