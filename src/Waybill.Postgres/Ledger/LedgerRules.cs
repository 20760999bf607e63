using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Ledger;

/// <summary>Marks requests at the elements that they reach, and takes the answers to them, on the board.</summary>
internal sealed class LedgerRules(Board board, NodeNumbers nodes)
{
    private readonly BoardLedger ledger = board.Ledger;

    /// <summary>Marks a request at an element, unless it is there already or comes too late there.</summary>
    /// <returns>Whether it is pending there from now on.</returns>
    public bool Reach(LedgerRequest request, Place place)
    {
        if (request.Reached.Contains(place.Id)
            || ledger.MarksAt(place.Key).Any(mark => mark.Request.Number == request.Number))
            return false;
        NodeAddress node = nodes[place.ElementNode];
        bool isConcerned = request.IsCancel || request.Concerned.Contains(FormattableString.Invariant(
            $"{node.Workflow}:{node.Version}"));
        if (isConcerned && place.State != ElementState.Owned && request.PastReturn.Contains(place.ElementNode))
        {
            Resolve(request, place, ChangeOutcome.TooLate);
            return false;
        }

        ledger.Mark(place, new LedgerMark(request, isConcerned));
        board.Note(place);
        if (isConcerned)
            Put(request, place, ChangeOutcome.Pending, reason: null, difference: null);
        return true;
    }

    /// <summary>Marks a request at all that an element called, and at the members of a batch, to any depth.</summary>
    public void ReachFamily(LedgerRequest request, Place head)
    {
        foreach (Place place in FamilyOf(head))
            Reach(request, place);
    }

    /// <summary>What a hop would have to answer and does not; null when it may go on.</summary>
    public IReadOnlyList<ChangeMark>? Unanswered(Place place, Hop hop)
    {
        if (hop.To is Destination.End || (place.Changes == 0 && hop.Changes.Count == 0))
            return null;
        ChangeMark[] pending =
            [.. ledger.MarksAt(place.Key).Where(mark => !mark.Request.IsCancel).Select(mark => mark.ToMark())];
        bool isAnswered = pending.Length == hop.Changes.Count
            && pending.Select(mark => mark.Change).ToHashSet().SetEquals(hop.Changes.Select(answer => answer.Change));
        return isAnswered ? null : pending;
    }

    /// <summary>Takes what a hop means to the changes and cancels that are pending at an element that moved.</summary>
    public void Moved(Place place, Hop hop)
    {
        if (place.Changes == 0)
            return;
        if (hop.Cancel == CancelStance.CarriesOut)
            FinishCancels(place, ChangeOutcome.Applied);
        else if (hop.Cancel == CancelStance.Refuses)
            FinishCancels(place, ChangeOutcome.TooLate);
        if (hop.To is Destination.End)
        {
            foreach (LedgerMark mark in ledger.MarksAt(place.Key))
                Finish(mark, place, ChangeOutcome.TooLate);
        }
        else
        {
            Answer(place, hop.Changes);
        }
    }

    /// <summary>Takes the answers of an element, oldest request first. Nothing spreads yet.</summary>
    /// <param name="place">The element.</param>
    /// <param name="answers">Its answers.</param>
    /// <param name="facts">What readers are told with a change that was applied.</param>
    public void Answer(Place place, IReadOnlyList<ChangeAnswer> answers, string? facts = null)
    {
        foreach (LedgerMark mark in ledger.MarksAt(place.Key))
        {
            if (answers.FirstOrDefault(answer => answer.Change.Value == mark.Request.Id) is not { } answer)
                continue;
            if (answer.Verdict == ChangeVerdict.Stays)
            {
                ledger.Stay(place, mark);
                continue;
            }

            ledger.Unmark(place, mark);
            board.Note(place);
            if (!mark.IsConcerned)
                continue;
            if (answer.Outcome is { } outcome)
                Resolve(mark.Request, place, outcome, answer, facts);
            else
                ledger.NoOutcomes.Add((mark.Request.Number, place.Id));
        }
    }

    /// <summary>Carries requests on, to what an element called, by what it answered.</summary>
    /// <param name="place">The element.</param>
    /// <param name="answers">Its answers.</param>
    /// <param name="called">What it called by the hop that answered.</param>
    public void Spread(Place place, IReadOnlyList<ChangeAnswer> answers, IReadOnlyList<Place> called)
    {
        foreach ((ChangeAnswer answer, LedgerRequest request) in answers
            .Select(answer => (answer, ledger.Find(answer.Change.Value)!)).OrderBy(row => row.Item2.Number))
        {
            if (IsSpreading(answer))
            {
                ReachFamily(request, place);
            }
            else if (request.Spreads && answer.Verdict is ChangeVerdict.Stays or ChangeVerdict.Applies)
            {
                foreach (Place child in called)
                    Reach(request, child);
            }
        }
    }

    /// <summary>Takes a request back wherever it is pending on the board.</summary>
    public void Withdraw(LedgerRequest request)
    {
        foreach (Place place in board.Places.OrderBy(place => place.Key).ToList())
        {
            if (ledger.MarksAt(place.Key).FirstOrDefault(mark => mark.Request.Number == request.Number) is { } mark)
                Finish(mark, place, ChangeOutcome.CouldNotReach);
        }
    }

    /// <summary>Whether an answer sends its request on to all that the element called.</summary>
    public static bool IsSpreading(ChangeAnswer answer) =>
        answer.Verdict is ChangeVerdict.AppliesAndSpreads or ChangeVerdict.Spreads;

    private void FinishCancels(Place place, ChangeOutcome outcome)
    {
        foreach (LedgerMark mark in ledger.MarksAt(place.Key).Where(mark => mark.Request.IsCancel))
            Finish(mark, place, outcome);
    }

    private void Finish(LedgerMark mark, Place place, ChangeOutcome outcome)
    {
        ledger.Unmark(place, mark);
        board.Note(place);
        if (mark.IsConcerned)
            Resolve(mark.Request, place, outcome);
    }

    private void Resolve(
        LedgerRequest request, Place place, ChangeOutcome outcome, ChangeAnswer? answer = null, string? facts = null)
    {
        Put(request, place, outcome, answer?.Reason, answer?.Difference);
        board.Changes.Write(
            JournalKind.ChangeResolved, place,
            JournalDetail.Resolved(new ChangeId(request.Id), outcome, answer),
            outcome == ChangeOutcome.Applied ? facts : null);
    }

    private void Put(
        LedgerRequest request, Place place, ChangeOutcome outcome, string? reason, string? difference)
    {
        request.Reached.Add(place.Id);
        ledger.Outcomes.RemoveAll(row => row.Change == request.Number && row.Element == place.Id);
        ledger.Outcomes.Add(new OutcomeRow(
            request.Number, place.Id, outcome, place.ElementNode, place.ElementHop, reason, difference));
    }

    // What was called by this very transaction is not in what was loaded.
    private IEnumerable<Place> FamilyOf(Place head)
    {
        ILookup<long, Place> called = board.Places.Where(place => place.Caller is not null)
            .ToLookup(place => place.Caller!.Key);
        SortedDictionary<long, Place> family = [];
        Stack<Place> left = new([head]);
        while (left.TryPop(out Place? parent))
        {
            foreach (Place part in ledger.Family[parent.Key].Select(board.Find).OfType<Place>()
                .Concat(called[parent.Key]))
            {
                if (family.TryAdd(part.Key, part))
                    left.Push(part);
            }
        }

        return family.Values;
    }
}
