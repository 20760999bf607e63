using System.Globalization;

namespace Waybill.Crash.Tests.Processes;

/// <summary>
/// What the children promised: the acknowledged numbers with their elements, and what became of changes. Outlives every
/// one of them.
/// </summary>
internal sealed class Ledger
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, string> elements = [];
    private readonly HashSet<string> changesAsked = [];
    private readonly Dictionary<string, string> changesAnswered = [];
    private readonly List<string> faults = [];

    /// <summary>The acknowledged numbers, each with its element.</summary>
    public IReadOnlyDictionary<int, string> Elements => elements;

    /// <summary>The ids of changes that were acknowledged.</summary>
    public IReadOnlyCollection<string> ChangesAsked => changesAsked;

    /// <summary>What those were told who waited for a change, by its id.</summary>
    public IReadOnlyDictionary<string, string> ChangesAnswered => changesAnswered;

    /// <summary>Promises that contradict an earlier one.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many numbers were accepted by a process that was gone before it could say so.</summary>
    public int AcceptedUnheard { get; private set; }

    /// <summary>The first number that nobody has acknowledged.</summary>
    public int Next { get; private set; }

    public void Note(string line)
    {
        lock (gate)
        {
            switch (line.Split(' '))
            {
                case ["ack", string digits, string id, string age]:
                    NoteAcknowledged(int.Parse(digits, CultureInfo.InvariantCulture), id, age);
                    break;
                case ["asked", string change, string status]:
                    changesAsked.Add(change);
                    if (status != "Taken")
                        faults.Add($"change {change} of a parcel that was acknowledged is {status}");
                    break;
                case ["answered", string change, string outcomes]:
                    changesAnswered.Add(change, outcomes);
                    break;
            }
        }
    }

    private void NoteAcknowledged(int number, string id, string age)
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
