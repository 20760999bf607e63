using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>Marks requests at the elements that they reach, and takes the answers to them.</summary>
internal sealed class MemoryChanges(MemoryState state)
{
    /// <summary>Marks a request at an element, unless it is there already or comes too late there.</summary>
    /// <returns>Whether it is pending there from now on.</returns>
    public bool Reach(MemoryRequest request, MemoryElement element)
    {
        if (element.Marks.ContainsKey(request.Number) || request.Reached(element.Id))
            return false;
        bool isConcerned = request.IsCancel
            || request.Change.Concerned.Contains($"{element.Node.Workflow}:{element.Node.Version}");
        if (isConcerned && element.Place.State != ElementState.Owned
            && request.Change.PastReturn.Contains(element.Node))
        {
            Resolve(request, element, ChangeOutcome.TooLate);
            return false;
        }

        state.Ledger.Mark(request, element, isConcerned);
        if (isConcerned)
        {
            request.Put(new ElementOutcome(
                element.Id, ChangeOutcome.Pending, element.Node, element.Hop, state.Now, null, null));
        }

        return true;
    }

    /// <summary>Marks a request at all that an element called, and at the members of a batch, to any depth.</summary>
    public void ReachFamily(MemoryRequest request, MemoryElement head)
    {
        foreach (MemoryElement element in FamilyOf(head))
            Reach(request, element);
    }

    /// <summary>What a hop would have to answer and does not; null when it may go on.</summary>
    public static IReadOnlyList<ChangeMark>? Unanswered(MemoryElement element, Hop hop)
    {
        if (hop.To is Destination.End)
            return null;
        ChangeMark[] pending =
            [.. element.Marks.Values.Where(mark => !mark.Request.IsCancel).Select(mark => mark.ToMark())];
        bool isAnswered = pending.Length == hop.Changes.Count
            && pending.Select(mark => mark.Change).ToHashSet().SetEquals(hop.Changes.Select(answer => answer.Change));
        return isAnswered ? null : pending;
    }

    /// <summary>Takes the answers of an element, oldest request first. Nothing spreads yet.</summary>
    /// <param name="element">The element.</param>
    /// <param name="answers">Its answers.</param>
    /// <param name="facts">What readers are told with a change that was applied.</param>
    public void Answer(MemoryElement element, IReadOnlyList<ChangeAnswer> answers, string? facts = null)
    {
        foreach (MemoryMark mark in element.Marks.Values.ToList())
        {
            if (answers.FirstOrDefault(answer => answer.Change == mark.Request.Change.Id) is not { } answer)
                continue;
            if (answer.Verdict == ChangeVerdict.Stays)
            {
                mark.AnsweredAt = (element.Hop, element.Revision);
                continue;
            }

            state.Ledger.Unmark(mark.Request, element);
            if (!mark.IsConcerned)
                continue;
            if (answer.Outcome is { } outcome)
                Resolve(mark.Request, element, outcome, answer, facts);
            else
                mark.Request.Outcomes.RemoveAll(found => found.Element == element.Id);
        }
    }

    /// <summary>Carries requests on, to what an element called, by what it answered.</summary>
    public void Spread(MemoryElement element, IReadOnlyList<ChangeAnswer> answers, IReadOnlyList<NewElement> called)
    {
        foreach (ChangeAnswer answer in answers.OrderBy(answer => state.Ledger.Find(answer.Change)!.Number))
        {
            MemoryRequest request = state.Ledger.Find(answer.Change)!;
            if (answer.Verdict is ChangeVerdict.AppliesAndSpreads or ChangeVerdict.Spreads)
            {
                ReachFamily(request, element);
                continue;
            }

            if (!request.Change.Spreads || answer.Verdict is not (ChangeVerdict.Stays or ChangeVerdict.Applies))
                continue;
            foreach (NewElement child in called)
                Reach(request, state.Find(ElementRef.Of(child.Id))!);
        }
    }

    /// <summary>Gives all that the ledger has of an element's cancel its outcome.</summary>
    public void ResolveCancels(MemoryElement element, ChangeOutcome outcome)
    {
        foreach (MemoryMark mark in element.Marks.Values.Where(mark => mark.Request.IsCancel).ToList())
            Finish(mark, element, outcome);
    }

    /// <summary>Gives all that is pending at an element, which stands as it ended, its last outcome.</summary>
    public void Ended(MemoryElement element)
    {
        foreach (MemoryMark mark in element.Marks.Values.ToList())
            Finish(mark, element, ChangeOutcome.TooLate);
    }

    /// <summary>Takes a request back wherever it is pending.</summary>
    public void Withdraw(MemoryRequest request)
    {
        if (request.IsCancel)
            return;
        foreach (MemoryElement element in request.Marked.Values.ToList())
            Finish(element.Marks[request.Number], element, ChangeOutcome.CouldNotReach);
    }

    private void Finish(MemoryMark mark, MemoryElement element, ChangeOutcome outcome)
    {
        state.Ledger.Unmark(mark.Request, element);
        if (mark.IsConcerned)
            Resolve(mark.Request, element, outcome);
    }

    private void Resolve(
        MemoryRequest request, MemoryElement element, ChangeOutcome outcome, ChangeAnswer? answer = null,
        string? facts = null)
    {
        ElementOutcome resolved = new(
            element.Id, outcome, element.Node, element.Hop, state.Now, answer?.Reason, answer?.Difference);
        request.Put(resolved);
        state.Write(
            JournalKind.ChangeResolved, element, JournalDetail.Resolved(request.Change.Id, outcome, answer),
            facts: outcome == ChangeOutcome.Applied ? facts : null);
    }

    private IEnumerable<MemoryElement> FamilyOf(MemoryElement head)
    {
        SortedDictionary<long, MemoryElement> family = [];
        Stack<MemoryElement> left = new([head]);
        while (left.TryPop(out MemoryElement? element))
        {
            foreach (MemoryElement part in state.CalledBy(element).Concat(state.Queues.MembersOf(element.Id)))
            {
                if (family.TryAdd(part.Key, part))
                    left.Push(part);
            }
        }

        return family.Values;
    }
}
