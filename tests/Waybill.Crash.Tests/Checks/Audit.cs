using System.Text;
using Waybill.Crash.Child;
using Waybill.Crash.Tests.Processes;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>Finds everything that a site's books tell against its promises.</summary>
internal sealed class Audit(Books books, Ledger ledger)
{
    private const int FaultsShownMax = 25;

    // What a handler's route leaves in the journal.
    private static readonly JournalKind[] RouteKinds =
        [JournalKind.Moved, JournalKind.Called, JournalKind.Waits, JournalKind.Finished];

    private readonly Dictionary<string, IReadOnlyList<JournalEntry>> byKey = [];

    public void AssertNoFaults()
    {
        string[] faults =
        [
            .. ledger.Faults,
            .. HistoryFaults(),
            .. TicketFaults(),
            .. LeftoverFaults(),
            .. JourneyFaults(),
            .. OrderFaults(),
            .. EffectFaults(),
            .. RunFaults(),
            .. new WaveAudit(books).Faults(),
            .. new ChangeAudit(books, ledger).Faults(),
        ];
        Assert.True(
            faults.Length == 0,
            $"{faults.Length} faults, such as:\n{string.Join('\n', faults.Take(FaultsShownMax))}");
    }

    private IEnumerable<string> HistoryFaults()
    {
        foreach ((ElementId element, IReadOnlyList<JournalEntry> history) in books.Histories)
        {
            // A batch element's key is for people, and need not be unique.
            if (Books.IsWave(history))
                continue;
            if (history[0].Kind != JournalKind.Accepted)
                yield return $"{element} was never accepted: {Told(history)}";
            else if (!byKey.TryAdd(Books.KeyOf(history), history))
                yield return $"{Books.KeyOf(history)} was accepted twice";
        }
    }

    private IEnumerable<string> TicketFaults()
    {
        foreach ((int number, string element) in ledger.Elements)
        {
            if (!books.Tickets.TryGetValue(new Parcel(number).BusinessKey, out TicketRecord? ticket))
                yield return $"{number} was acknowledged and is lost";
            else if (ticket.Id.ToString() != element)
                yield return $"{number} was acknowledged as {element}, its ticket is {ticket.Id}'s";
        }

        foreach (TicketRecord ticket in books.Tickets.Values)
        {
            string result = Encoding.UTF8.GetString(ticket.Result.Span);
            if (ticket.Ending != Ending.Finished)
                yield return $"{ticket.BusinessKey} ended as {ticket.Ending} with \"{result}\" ({ticket.Reason})";
        }
    }

    private IEnumerable<string> LeftoverFaults() =>
        books.InFlight.Select(count => $"stuck: {count}")
            .Concat(books.Sidelined.Select(group => $"sidelined: {group}"));

    /// <summary>
    /// Every element went the whole way that its number prescribes, one hop after the other, and ended once.
    /// </summary>
    private IEnumerable<string> JourneyFaults()
    {
        HashSet<string> expectedKeys = [];
        foreach (string key in books.Tickets.Keys)
        {
            Parcel parcel = new(Books.NumberOf(key));
            expectedKeys.Add(key);
            expectedKeys.UnionWith(parcel.Legs.Select(leg => leg.BusinessKey));
            foreach (string fault in JourneyFaults(key, Journeys.Of(parcel)))
                yield return fault;
            foreach (string fault in parcel.Legs.SelectMany(leg => JourneyFaults(leg.BusinessKey, Journeys.OfLeg)))
                yield return fault;
        }

        foreach (string key in byKey.Keys.Except(expectedKeys))
            yield return $"nobody should have accepted {key}";
        foreach (IReadOnlyList<JournalEntry> wave in books.Histories.Values.Where(Books.IsWave))
        {
            foreach (string fault in JourneyFaults($"wave {wave[0].Element}", wave, Journeys.OfWave))
                yield return fault;
        }
    }

    private IEnumerable<string> JourneyFaults(string key, IReadOnlyList<Stop> expected) =>
        byKey.TryGetValue(key, out IReadOnlyList<JournalEntry>? history)
            ? JourneyFaults(key, history, expected)
            : [$"{key} has no history"];

    private static IEnumerable<string> JourneyFaults(
        string key, IReadOnlyList<JournalEntry> history, IReadOnlyList<Stop> expected)
    {
        Stop[] stops =
        [
            .. history.Where(row => row.Kind != JournalKind.Retried).Select(row => new Stop(row.Kind, row.Node.Node)),
        ];
        if (!stops.SequenceEqual(expected))
            yield return $"{key} went a way of its own: {Told(history)}";

        int hop = -1;
        foreach (JournalEntry row in history)
        {
            bool isHop = row.Kind is not (JournalKind.Returned or JournalKind.Signalled);
            hop += isHop ? 1 : 0;
            if (row.Hop != hop)
                yield return $"{key} has hop {row.Hop} where {hop} belongs: {Told(history)}";
        }
    }

    /// <summary>The numbers of each account left the node with per-key order in their order.</summary>
    private IEnumerable<string> OrderFaults()
    {
        var departures = books.Histories.Values
            .SelectMany(history => history
                .Where(row => row.Kind == JournalKind.Moved && row.Node.Node == Workload.Stamp.Name)
                .Select(row => (row.Position, Number: Books.NumberOf(Books.KeyOf(history)))))
            .OrderBy(departure => departure.Position);
        Dictionary<int, int> last = [];
        foreach ((_, int number) in departures)
        {
            int account = new Parcel(number).Account;
            if (last.TryGetValue(account, out int before) && before >= number)
                yield return $"{number} left the lane of account {account} after {before}";
            last[account] = number;
        }
    }

    /// <summary>Attached writes and hops are the same set, and the running sums are the sums.</summary>
    private IEnumerable<string> EffectFaults()
    {
        HashSet<(ElementId Element, int Hop)> hops = [.. books.Histories.Values.SelectMany(HopsWithEffects)];
        HashSet<(ElementId Element, int Hop)> effects =
            [.. books.Effects.Select(effect => (effect.Element, effect.Hop))];
        foreach ((ElementId element, int hop) in hops.Except(effects))
            yield return $"{element} left hop {hop} without its effect";
        foreach ((ElementId element, int hop) in effects.Except(hops))
            yield return $"{element} has an effect of hop {hop}, which it never left";

        foreach (IGrouping<int, Effect> account in books.Effects.GroupBy(effect => effect.Account))
        {
            long sum = account.Sum(effect => effect.Amount);
            if (books.Balances[account.Key] != sum)
                yield return $"account {account.Key} has {books.Balances[account.Key]}, its effects add up to {sum}";
        }
    }

    /// <summary>Every committed route was run, and an idempotency key stands for one arrival of one element.</summary>
    private IEnumerable<string> RunFaults()
    {
        ILookup<string, RunLine> runs = books.Runs.ToLookup(run => run.IdempotencyKey);
        foreach (IGrouping<string, RunLine> arrival in runs)
        {
            if (arrival.Select(run => (run.Node, run.BusinessKey)).Distinct().Count() > 1)
                yield return $"{arrival.Key} is the idempotency key of several arrivals: {string.Join(", ", arrival)}";
        }

        foreach (IReadOnlyList<JournalEntry> history in books.Histories.Values)
        {
            int arrived = 0;
            foreach (JournalEntry row in history)
            {
                string key = $"{row.Element}:{arrived}";
                if (RouteKinds.Contains(row.Kind) && !runs.Contains(key))
                    yield return $"{row.Element} left hop {row.Hop - 1} without a run under the key {key}";
                if (row.Kind != JournalKind.Retried)
                    arrived = row.Hop;
            }
        }
    }

    private static IEnumerable<(ElementId Element, int Hop)> HopsWithEffects(IReadOnlyList<JournalEntry> history)
    {
        Parcel? parcel = Books.IsWave(history) ? null : new(Books.NumberOf(Books.KeyOf(history)));
        return history.Zip(history.Skip(1))
            .Where(pair => RouteKinds.Contains(pair.Second.Kind)
                && (parcel is null || Workload.HasEffects(pair.First.Node.Node, parcel)))
            .Select(pair => (pair.Second.Element, pair.Second.Hop - 1));
    }

    private static string Told(IReadOnlyList<JournalEntry> history) =>
        string.Join(", ", history.Select(row => $"{row.Hop} {row.Kind} {row.Node.Node}"));
}
