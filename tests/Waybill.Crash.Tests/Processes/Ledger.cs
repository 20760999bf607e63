using System.Globalization;

namespace Waybill.Crash.Tests.Processes;

/// <summary>
/// What the children promised: the acknowledged numbers with their elements. Outlives every one of them.
/// </summary>
internal sealed class Ledger
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, string> elements = [];
    private readonly List<string> faults = [];

    /// <summary>The acknowledged numbers, each with its element.</summary>
    public IReadOnlyDictionary<int, string> Elements => elements;

    /// <summary>Promises that contradict an earlier one.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many numbers were accepted by a process that was gone before it could say so.</summary>
    public int AcceptedUnheard { get; private set; }

    /// <summary>The first number that nobody has acknowledged.</summary>
    public int Next { get; private set; }

    public void Note(string line)
    {
        if (line.Split(' ') is not ["ack", string digits, string id, string age])
            return;
        int number = int.Parse(digits, CultureInfo.InvariantCulture);
        lock (gate)
        {
            if (!elements.TryGetValue(number, out string? known))
            {
                elements.Add(number, id);
                AcceptedUnheard += age == "old" ? 1 : 0;
                while (elements.ContainsKey(Next))
                    Next++;
            }
            else if (known != id || age != "old")
            {
                faults.Add($"{number} was acknowledged as {known}, and then as {id} ({age})");
            }
        }
    }
}
