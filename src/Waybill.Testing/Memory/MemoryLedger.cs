using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>Every change request that was ever taken in.</summary>
internal sealed class MemoryLedger
{
    private readonly Dictionary<ChangeId, MemoryRequest> byId = [];

    /// <summary>By number, oldest first.</summary>
    public SortedDictionary<long, MemoryRequest> Requests { get; } = [];

    /// <summary>Those that are marked at some element, by number.</summary>
    public SortedDictionary<long, MemoryRequest> Marked { get; } = [];

    public MemoryRequest? Find(ChangeId id) => byId.GetValueOrDefault(id);

    public MemoryRequest Add(
        NewChange change, ElementId element, string workflow, string businessKey, DateTimeOffset at)
    {
        MemoryRequest request = new()
        {
            Number = Requests.Count + 1,
            Change = change with { Payload = change.Payload.ToArray() },
            Element = element,
            Workflow = workflow,
            BusinessKey = businessKey,
            At = at,
        };
        Requests.Add(request.Number, request);
        byId.Add(change.Id, request);
        return request;
    }

    public void Mark(MemoryRequest request, MemoryElement element, bool isConcerned)
    {
        element.Marks.Add(request.Number, new MemoryMark { Request = request, IsConcerned = isConcerned });
        request.Marked.Add(element.Key, element);
        Marked[request.Number] = request;
    }

    public void Unmark(MemoryRequest request, MemoryElement element)
    {
        element.Marks.Remove(request.Number);
        request.Marked.Remove(element.Key);
        if (request.Marked.Count == 0)
            Marked.Remove(request.Number);
    }
}

/// <summary>One request in the ledger.</summary>
internal sealed class MemoryRequest
{
    public required long Number { get; init; }

    public required NewChange Change { get; init; }

    public required ElementId Element { get; init; }

    public required string Workflow { get; init; }

    public required string BusinessKey { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>In the order in which it reached the elements.</summary>
    public List<ElementOutcome> Outcomes { get; } = [];

    /// <summary>Where it is marked, oldest element first.</summary>
    public SortedDictionary<long, MemoryElement> Marked { get; } = [];

    public bool IsCancel => Change.Type == NewChange.CancelType;

    public bool HasEnded => Outcomes.All(outcome => outcome.Outcome != ChangeOutcome.Pending);

    /// <summary>Whether it has, or waits for, an outcome at an element.</summary>
    public bool Reached(ElementId element) => Outcomes.Exists(outcome => outcome.Element == element);

    /// <summary>Puts an outcome in the place of the pending one of the same element, or at the end.</summary>
    public void Put(ElementOutcome outcome)
    {
        int index = Outcomes.FindIndex(known => known.Element == outcome.Element);
        if (index < 0)
            Outcomes.Add(outcome);
        else
            Outcomes[index] = outcome;
    }

    public ChangeRecord ToRecord() => new(
        Change.Id, Change.Type, Element, Workflow, BusinessKey, Change.Payload, Change.Actor, At, [.. Outcomes]);
}

/// <summary>A request that is pending at an element.</summary>
internal sealed class MemoryMark
{
    public required MemoryRequest Request { get; init; }

    public required bool IsConcerned { get; init; }

    /// <summary>The hop and revision at which it was answered last, and stayed.</summary>
    public (int Hop, int Revision)? AnsweredAt { get; set; }

    public ChangeMark ToMark() => new(Request.Change.Id, Request.Change.Type, Request.Change.Payload, IsConcerned);
}
