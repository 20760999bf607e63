using Waybill.Postgres.Hops;

namespace Waybill.Postgres.Ledger;

/// <summary>What a transaction has loaded of the ledger, and what it has yet to write there.</summary>
internal sealed class BoardLedger
{
    private readonly Dictionary<Guid, LedgerRequest> requests = [];
    private readonly Dictionary<long, SortedDictionary<long, LedgerMark>> marks = [];
    private readonly Dictionary<(long Key, long Change), MarkRow> written = [];

    /// <summary>Callers and batch elements, and what they called or have as members; of families asked for.</summary>
    public ILookup<long, long> Family { get; set; } = Array.Empty<long>().ToLookup(_ => 0L);

    /// <summary>Where a request that is taken back is marked.</summary>
    public List<long> Marked { get; } = [];

    public List<OutcomeRow> Outcomes { get; } = [];

    public List<(long Change, Guid Element)> NoOutcomes { get; } = [];

    public IEnumerable<MarkRow> Written => written.Values.Where(row => row.Mark is not null);

    public IEnumerable<MarkRow> Gone => written.Values.Where(row => row.Mark is null);

    public LedgerRequest? Find(Guid id) => requests.GetValueOrDefault(id);

    /// <summary>Takes in a request that was loaded; the first one stays.</summary>
    public LedgerRequest Load(LedgerRequest request)
    {
        requests.TryAdd(request.Id, request);
        return requests[request.Id];
    }

    public void Load(long key, LedgerMark mark) => At(key).Add(mark.Request.Number, mark);

    /// <summary>What is pending at an element, oldest request first.</summary>
    public IReadOnlyList<LedgerMark> MarksAt(long key) =>
        marks.TryGetValue(key, out SortedDictionary<long, LedgerMark>? at) ? [.. at.Values] : [];

    public void Mark(Place place, LedgerMark mark)
    {
        At(place.Key).Add(mark.Request.Number, mark);
        place.Changes++;
        written[(place.Key, mark.Request.Number)] = new MarkRow(place, mark.Request.Number, mark, null);
    }

    public void Unmark(Place place, LedgerMark mark)
    {
        At(place.Key).Remove(mark.Request.Number);
        place.Changes--;
        written[(place.Key, mark.Request.Number)] = new MarkRow(place, mark.Request.Number, null, null);
    }

    /// <summary>Notes that a mark was answered where the element now stands, and stays.</summary>
    public void Stay(Place place, LedgerMark mark) =>
        written[(place.Key, mark.Request.Number)] =
            new MarkRow(place, mark.Request.Number, mark, (place.ElementHop, place.Revision));

    private SortedDictionary<long, LedgerMark> At(long key)
    {
        if (!marks.TryGetValue(key, out SortedDictionary<long, LedgerMark>? at))
            marks.Add(key, at = []);
        return at;
    }
}

/// <summary>A row of marks to write; without the mark, to delete.</summary>
internal sealed record MarkRow(Place Place, long Change, LedgerMark? Mark, (int Hop, int Revision)? AnsweredAt);
