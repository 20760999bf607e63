using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Reaches elements from outside: signals, cancels, and waits whose time has run out.</summary>
internal sealed class Reach(SiteSchema schema, HopCommitter committer)
{
    private const int PromoteMax = 1000;

    private readonly References references = new(schema);
    private readonly BoardLoader loader = new(schema);
    private readonly string linesDue = schema.Place(
        $"""
        select key from waybill.place
        where state = 5 and due is not null and due <= now() and order_key || '' is not null
        order by due limit {PromoteMax}
        """);

    public async Task<(IReadOnlyList<bool> Delivered, HashSet<int> Arrivals)> SignalAsync(
        Session session, IReadOnlyList<SignalDelivery> signals)
    {
        List<Referenced> targets = await references.ResolveAsync(session, [.. signals.Select(signal => signal.Target)]);
        BoardRequest request = new();
        request.Keys.UnionWith(targets.Select(target => target.Key).OfType<long>());
        if (request.Keys.Count == 0)
            return ([.. signals.Select(_ => false)], []);
        Board board = await loader.LoadAsync(session, request);
        Signals delivery = new(board);
        List<bool> delivered = [.. signals.Select((signal, index) => delivery.Deliver(targets[index].Key, signal))];
        await committer.FlushAsync(session, board);
        return (delivered, board.Changes.Arrivals);
    }

    public async Task<(IReadOnlyList<CancelOutcome> Outcomes, HashSet<int> Arrivals)> CancelAsync(
        Session session, IReadOnlyList<CancelRequest> requests)
    {
        List<Referenced> targets =
            await references.ResolveAsync(session, [.. requests.Select(request => request.Target)]);
        BoardRequest request = new();
        request.Keys.UnionWith(targets.Select(target => target.Key).OfType<long>());
        request.Callers.UnionWith(targets.Select(target => target.Id).OfType<Guid>());
        if (request.Keys.Count == 0)
            return ([.. targets.Select(OutcomeWithoutElement)], []);
        Board board = await loader.LoadAsync(session, request);
        Cancels cancels = new(board);
        List<CancelOutcome> outcomes = [];
        foreach ((int index, Referenced target) in targets.Index())
        {
            outcomes.Add(target.Key is { } key && board.Find(key) is { } place
                ? cancels.Request(place, requests[index].Detail)
                : OutcomeWithoutElement(target));
        }

        await committer.FlushAsync(session, board);
        return (outcomes, board.Changes.Arrivals);
    }

    /// <summary>Lets waits for a signal that stand in lines go on, or block, when their time has come.</summary>
    public async Task<HashSet<int>> PromoteLinesAsync(Session session)
    {
        BoardRequest request = new();
        await using (NpgsqlBatch batch = session.NewBatch())
        {
            batch.Add(linesDue);
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
            await reader.EachAsync(row => request.Keys.Add(row.GetInt64(0)));
        }

        if (request.Keys.Count == 0)
            return [];
        Board board = await loader.LoadAsync(session, request);
        foreach (Place place in board.Places.Where(place =>
            place.State == ElementState.AwaitingSignal && place.Due <= board.Now).OrderBy(place => place.Due).ToList())
        {
            place.Due = null;
            board.PutWaiting(place, place.Line);
        }

        await committer.FlushAsync(session, board);
        return board.Changes.Arrivals;
    }

    private static CancelOutcome OutcomeWithoutElement(Referenced target) =>
        target.HasTicket ? CancelOutcome.TooLate : CancelOutcome.NotFound;
}
