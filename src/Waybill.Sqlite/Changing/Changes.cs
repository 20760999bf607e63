using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Changing;

/// <summary>Marks requests at the elements that they reach, and takes the answers to them.</summary>
internal sealed class Changes(
    ChangeTables tables, ElementRows elements, Places places, NodeNumbers nodes, JournalWriter journal)
{
    /// <summary>Marks a request at an element, unless it is there already or comes too late there.</summary>
    /// <returns>Whether it is pending there from now on.</returns>
    public bool Reach(ChangeRequest request, ElementRow element)
    {
        if (tables.Marks.HasAny(request, element.Key) || tables.Outcomes.HasAny(request, element.Id))
            return false;
        NodeAddress node = nodes.At(element.Node);
        bool isConcerned = request.IsConcern(node);
        if (isConcerned && element.Place.State != ElementState.Owned && request.IsPastReturn(node))
        {
            Resolve(request, element, ChangeOutcome.TooLate);
            return false;
        }

        tables.Marks.Insert(request, element.Key, isConcerned);
        if (isConcerned)
            tables.Outcomes.Put(request, element, ChangeOutcome.Pending);
        return true;
    }

    /// <summary>Marks a request at all that an element called, and at the members of a batch, to any depth.</summary>
    public void ReachFamily(ChangeRequest request, ElementRow head)
    {
        foreach (ElementRow element in FamilyOf(head))
            Reach(request, element);
    }

    /// <summary>What a hop would have to answer and does not; null when it may go on.</summary>
    public IReadOnlyList<ChangeMark>? Unanswered(ElementRow element, Hop hop)
    {
        if (hop.To is Destination.End || (element.Place.Changes == 0 && hop.Changes.Count == 0))
            return null;
        ChangeMark[] pending =
        [
            .. tables.Marks.Of(element.Key).Where(mark => !mark.Request.IsCancel).Select(mark => new ChangeMark(
                mark.Request.Id, mark.Request.Type, mark.Request.Payload, mark.IsConcerned)),
        ];
        bool isAnswered = pending.Length == hop.Changes.Count
            && pending.All(mark => hop.Changes.Any(answer => answer.Change == mark.Change));
        return isAnswered ? null : pending;
    }

    /// <summary>Takes what a hop means to all that is pending at its element. Nothing spreads yet.</summary>
    /// <param name="element">Where the hop left the element; where it was, when it ended.</param>
    /// <param name="hop">The hop.</param>
    public void Moved(ElementRow element, Hop hop)
    {
        foreach (PendingMark mark in tables.Marks.Of(element.Key))
        {
            if (mark.Request.IsCancel && hop.Cancel == CancelStance.CarriesOut)
                Finish(mark, element, ChangeOutcome.Applied);
            else if (mark.Request.IsCancel && hop.Cancel == CancelStance.Refuses)
                Finish(mark, element, ChangeOutcome.TooLate);
        }

        if (hop.To is not Destination.End)
        {
            Answer(element, hop.Changes);
            return;
        }

        foreach (PendingMark mark in tables.Marks.Of(element.Key))
            Finish(mark, element, ChangeOutcome.TooLate);
    }

    /// <summary>Takes the answers of an element, oldest request first.</summary>
    /// <param name="element">The element.</param>
    /// <param name="answers">Its answers.</param>
    /// <param name="facts">What readers are told with a change that was applied.</param>
    public void Answer(ElementRow element, IReadOnlyList<ChangeAnswer> answers, string? facts = null)
    {
        foreach (PendingMark mark in tables.Marks.Of(element.Key))
        {
            if (answers.FirstOrDefault(answer => answer.Change == mark.Request.Id) is { } answer)
                Answer(element, mark, answer, facts);
        }
    }

    /// <summary>Carries requests on, to what an element called, by what it answered.</summary>
    public void Spread(ElementRow element, IReadOnlyList<ChangeAnswer> answers, IReadOnlyList<NewElement> called)
    {
        foreach ((ChangeRequest request, ChangeAnswer answer) in answers
            .Select(answer => (Request: tables.Requests.Find(answer.Change)!, answer))
            .OrderBy(pair => pair.Request.Number))
        {
            if (answer.Verdict is ChangeVerdict.AppliesAndSpreads or ChangeVerdict.Spreads)
                ReachFamily(request, element);
            else if (request.Spreads && answer.Verdict is ChangeVerdict.Stays or ChangeVerdict.Applies)
                Reach(request, called);
        }
    }

    /// <summary>Takes a request back wherever it is pending; a cancel stays.</summary>
    public void Withdraw(ChangeRequest request)
    {
        if (request.IsCancel)
            return;
        foreach (long key in tables.Marks.KeysOf(request))
        {
            PendingMark mark = tables.Marks.Of(key).First(mark => mark.Request.Number == request.Number);
            Finish(mark, elements.Find(key)!, ChangeOutcome.CouldNotReach);
        }
    }

    private void Reach(ChangeRequest request, IReadOnlyList<NewElement> called)
    {
        foreach (NewElement child in called)
            Reach(request, elements.Find(ElementRef.Of(child.Id))!);
    }

    private void Answer(ElementRow element, PendingMark mark, ChangeAnswer answer, string? facts)
    {
        if (answer.Verdict == ChangeVerdict.Stays)
        {
            tables.Marks.Answer(mark.Request, element);
            return;
        }

        tables.Marks.Delete(mark.Request, element.Key);
        if (!mark.IsConcerned)
            return;
        if (answer.Outcome is { } outcome)
            Resolve(mark.Request, element, outcome, answer, facts);
        else
            tables.Outcomes.Delete(mark.Request, element.Id);
    }

    private void Finish(PendingMark mark, ElementRow element, ChangeOutcome outcome)
    {
        tables.Marks.Delete(mark.Request, element.Key);
        if (mark.IsConcerned)
            Resolve(mark.Request, element, outcome);
    }

    private void Resolve(
        ChangeRequest request, ElementRow element, ChangeOutcome outcome, ChangeAnswer? answer = null,
        string? facts = null)
    {
        tables.Outcomes.Put(request, element, outcome, answer?.Reason, answer?.Difference);
        journal.Write(
            JournalKind.ChangeResolved, element.Id, element.Hop, element.Node,
            JournalDetail.Resolved(request.Id, outcome, answer),
            facts: outcome == ChangeOutcome.Applied ? facts : null);
    }

    private IEnumerable<ElementRow> FamilyOf(ElementRow head)
    {
        SortedDictionary<long, ElementRow> family = [];
        Stack<ElementRow> left = new([head]);
        while (left.TryPop(out ElementRow? element))
        {
            IEnumerable<ElementRow> members = places.MembersOf(element.Key).Select(place => elements.Find(place.Key)!);
            foreach (ElementRow part in elements.CalledBy(element.Id).Concat(members))
            {
                if (family.TryAdd(part.Key, part))
                    left.Push(part);
            }
        }

        return family.Values;
    }
}

/// <summary>The tables of requests, of their outcomes, and of where they are pending.</summary>
internal sealed record ChangeTables(ChangeRequests Requests, ChangeOutcomes Outcomes, ChangeMarks Marks);
