using Bookstore.Domains;
using Bookstore.Storage;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Views;

/// <summary>What one node has to do and has done.</summary>
/// <param name="Node">The node.</param>
/// <param name="Waiting">Elements of the whole site that are at the node and not being run here.</param>
/// <param name="Running">Runs in this process.</param>
/// <param name="Done">Hops onward from here by this process.</param>
/// <param name="Retries">Failed runs of this process that were or will be repeated.</param>
/// <param name="Sidelined">Elements of the whole site that wait for a person.</param>
/// <param name="PerSecond">Hops onward a second, since the last look.</param>
public sealed record NodeRow(
    NodeAddress Node, long Waiting, int Running, long Done, long Retries, long Sidelined, double PerSecond);

/// <summary>One look at the whole site.</summary>
public sealed record BoardPicture(
    TimeSpan Elapsed, IReadOnlyList<NodeRow> Nodes, Takings Takings, long InFlight, long Sidelined,
    IReadOnlyDictionary<ChangeOutcome, long> Changes, double OrdersPerSecond, double OrdersPerSecondOnAverage);

/// <summary>
/// Looks at the site: queues from the store, runs from this process's worker, orders from the journal.
/// </summary>
public sealed class Board(ISiteStore store, Worker worker, Database database, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();
    private readonly Dictionary<NodeAddress, long> doneBefore = [];
    private TimeSpan lookedAt;
    private long? closedAtFirst;
    private long closedBefore;

    public OrderFigures Orders { get; } = new(store.Journal);

    public async Task<BoardPicture> LookAsync(CancellationToken cancel)
    {
        while (await Orders.ReadOnceAsync(cancel))
        {
            // Until the journal's end: what it holds is bounded by what happened since the last look.
        }

        IReadOnlyList<NodeCount> counts = await store.Directory.CountByNodeAsync(ElementFilter.All, cancel);
        Takings takings = await Takings.ReadAsync(database, cancel);
        TimeSpan elapsed = time.GetElapsedTime(began);
        double seconds = Math.Max((elapsed - lookedAt).TotalSeconds, 0.001);
        lookedAt = elapsed;
        bool isFirst = closedAtFirst is null;
        closedAtFirst ??= Orders.Closed;
        double ordersPerSecond = isFirst ? 0 : (Orders.Closed - closedBefore) / seconds;
        closedBefore = Orders.Closed;
        return new BoardPicture(
            elapsed,
            RowsOf(counts, seconds),
            takings,
            counts.Sum(count => count.Count),
            counts.Where(count => count.State == ElementState.Sidelined).Sum(count => count.Count),
            await store.Changes.CountAsync(ChangeFilter.All, cancel),
            ordersPerSecond,
            (Orders.Closed - closedAtFirst.Value) / Math.Max(elapsed.TotalSeconds, 0.001));
    }

    private List<NodeRow> RowsOf(IReadOnlyList<NodeCount> counts, double seconds)
    {
        ILookup<NodeAddress, NodeCount> byNode = counts.ToLookup(count => count.Node);
        List<NodeRow> rows = [];
        foreach (NodeSnapshot node in worker.Snapshot())
        {
            long here = byNode[node.Node].Where(count => count.State != ElementState.Sidelined)
                .Sum(count => count.Count);
            long sidelined = byNode[node.Node].Sum(count => count.Count) - here;
            double perSecond = (node.Completed - doneBefore.GetValueOrDefault(node.Node)) / seconds;
            doneBefore[node.Node] = node.Completed;
            rows.Add(new NodeRow(
                node.Node, Math.Max(0, here - node.Running), node.Running, node.Completed, node.Retried, sidelined,
                perSecond));
        }

        return rows;
    }
}
