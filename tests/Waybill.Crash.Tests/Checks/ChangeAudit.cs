using System.Globalization;
using System.Text;
using System.Text.Json;
using Waybill.Crash.Child;
using Waybill.Crash.Tests.Processes;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>
/// Finds what the books tell against changes in flight: one outcome for each element, told the same by the ledger, the
/// journal and whoever waited for it, and shown by all that the element did from then on, and by nothing before.
/// </summary>
internal sealed class ChangeAudit(Books books, Ledger ledger)
{
    private readonly ILookup<ElementId, Addition> additions = books.Changes
        .SelectMany(change => change.Outcomes
            .Where(outcome => outcome.Outcome == ChangeOutcome.Applied)
            .Select(outcome => (outcome.Element, Addition: new Addition(outcome.Hop, AmountOf(change)))))
        .ToLookup(applied => applied.Element, applied => applied.Addition);

    private readonly ILookup<string, JournalEntry> requests = books.ChangeRows
        .Where(row => row.Kind == JournalKind.ChangeRequested)
        .ToLookup(row => Detail(row, "change"));

    public IEnumerable<string> Faults() =>
    [
        .. PromiseFaults(),
        .. books.Changes.SelectMany(OutcomeFaults),
        .. books.Changes.SelectMany(SpreadFaults),
        .. JournalFaults(),
        .. DataFaults(),
    ];

    private IEnumerable<string> PromiseFaults()
    {
        Dictionary<string, ChangeRecord> known = books.Changes.ToDictionary(change => change.Id.ToString());
        foreach (string change in ledger.ChangesAsked.Where(change => !known.ContainsKey(change)))
            yield return $"change {change} was acknowledged and is lost";
        foreach ((string change, string told) in ledger.ChangesAnswered)
        {
            string final =
                known.TryGetValue(change, out ChangeRecord? record) ? Surcharge.OutcomesOf(record) : "lost";
            if (final != told)
                yield return $"change {change} was answered with {told}, and came to {final}";
        }
    }

    private IEnumerable<string> OutcomeFaults(ChangeRecord change)
    {
        // All elements have ended, and with them everything that was asked of them.
        if (!change.HasEnded)
            yield return $"{Told(change)} is still pending";
        if (change.Outcomes.Count(outcome => outcome.Element == change.Element) != 1)
            yield return $"{Told(change)} should have one outcome at {change.Element}";
        if (change.Outcomes.DistinctBy(outcome => outcome.Element).Count() != change.Outcomes.Count)
            yield return $"{Told(change)} has several outcomes at one element";
        foreach (ElementOutcome outcome in change.Outcomes.Where(outcome => outcome.Element != change.Element))
        {
            string key = Books.KeyOf(books.Histories[outcome.Element]);
            if (!key.StartsWith($"{change.BusinessKey}/", StringComparison.Ordinal))
                yield return $"{Told(change)} reached the stranger {key}";
        }
    }

    /// <summary>What was pending when an element called others, and applied with that hop, is theirs too.</summary>
    private IEnumerable<string> SpreadFaults(ChangeRecord change)
    {
        IReadOnlyList<JournalEntry> history = books.Histories[change.Element];
        JournalEntry? asked = requests[change.Id.ToString()].FirstOrDefault();
        JournalEntry? called = history.FirstOrDefault(row => row.Kind == JournalKind.Called);
        bool isCarried = asked is not null && called is not null && asked.Hop < called.Hop
            && change.Outcomes.Any(outcome => outcome.Element == change.Element
                && outcome.Outcome == ChangeOutcome.Applied && outcome.Hop == called.Hop);
        int legs = new Parcel(Books.NumberOf(Books.KeyOf(history))).Legs.Count;
        if (isCarried && change.Outcomes.Count != 1 + legs)
            yield return $"{Told(change)} should have reached all {legs} legs";
    }

    /// <summary>
    /// The journal tells of each request and each outcome once; of those that were too late at once it keeps silent.
    /// </summary>
    private IEnumerable<string> JournalFaults()
    {
        foreach (ChangeRecord change in books.Changes)
        {
            int due = change.Outcomes.Any(outcome => outcome.Node is null) ? 0 : 1;
            int found = requests[change.Id.ToString()].Count();
            if (found != due)
                yield return $"the journal tells {found} times of the request of {Told(change)}, {due} were due";
        }

        string[] told = [.. books.ChangeRows.Where(row => row.Kind == JournalKind.ChangeResolved).Select(Resolved)];
        HashSet<string> expected =
        [
            .. books.Changes.SelectMany(change => change.Outcomes
                .Where(outcome => outcome.Node is not null)
                .Select(outcome => Resolved(change.Id.ToString(), outcome.Element, outcome.Outcome.ToString()))),
        ];
        foreach (string twice in told.CountBy(row => row).Where(count => count.Value > 1).Select(count => count.Key))
            yield return $"the journal tells twice: {twice}";
        foreach (string silent in expected.Except(told))
            yield return $"the journal does not tell: {silent}";
        foreach (string alone in told.Except(expected))
            yield return $"only the journal tells: {alone}";
    }

    /// <summary>Each effect, and the result, show what had been applied by then, and nothing else.</summary>
    private IEnumerable<string> DataFaults()
    {
        foreach (Effect effect in books.Effects.Where(effect => !Books.IsWave(books.Histories[effect.Element])))
        {
            long expected = AmountOf(effect.Element, effect.Hop);
            if (effect.Amount != expected)
                yield return $"hop {effect.Hop} of {effect.Element} used {effect.Amount}, {expected} was due";
        }

        foreach (TicketRecord ticket in books.Tickets.Values)
        {
            string result = Encoding.UTF8.GetString(ticket.Result.Span);
            long expected = AmountOf(ticket.Id, int.MaxValue);
            if (result != expected.ToString(CultureInfo.InvariantCulture))
                yield return $"{ticket.BusinessKey} ended with {result}, {expected} was due";
        }
    }

    /// <summary>What an element's data came to when it did something at a hop.</summary>
    private long AmountOf(ElementId element, int hop)
    {
        string key = Books.KeyOf(books.Histories[element]);
        Parcel parcel = new(Books.NumberOf(key));
        long own = parcel.Legs.FirstOrDefault(leg => leg.BusinessKey == key)?.Toll ?? parcel.Number;
        return own + additions[element].Where(addition => addition.Hop <= hop).Sum(addition => addition.Amount);
    }

    private static int AmountOf(ChangeRecord change) => JsonSerializer.Deserialize<int>(change.Payload.Span);

    private static string Resolved(JournalEntry row) =>
        Resolved(Detail(row, "change"), row.Element, Detail(row, "outcome"));

    private static string Resolved(string change, ElementId element, string outcome) =>
        $"{change} at {element}: {outcome.ToUpperInvariant()}";

    private static string Detail(JournalEntry row, string member)
    {
        using JsonDocument detail = JsonDocument.Parse(row.Detail!);
        return detail.RootElement.GetProperty(member).GetString()!;
    }

    private static string Told(ChangeRecord change) =>
        $"change {change.Id} of {change.BusinessKey} by {AmountOf(change)} ({Surcharge.OutcomesOf(change)})";

    /// <summary>What a change added to an element's amount, and the hop number that the element had then.</summary>
    private sealed record Addition(int Hop, int Amount);
}
