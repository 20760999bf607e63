using Waybill.Postgres.Waking;
using Waybill.Stores;

namespace Waybill.Postgres;

/// <summary>Tells this process, and through the notifier others, where elements have become ready.</summary>
internal sealed class Arrivals(NodeNumbers nodes, ArrivalNotifier notifier)
{
    /// <summary>Raised once for each node.</summary>
    public event Action<NodeAddress>? Arrived;

    /// <summary>
    /// After a commit of this process. What is committed stands, so this must not fail: when the name of a node that
    /// another process was the first to use cannot be read now, nobody is told, and polling finds the elements.
    /// </summary>
    public async ValueTask NoteAsync(IReadOnlyCollection<int> arrivals)
    {
        try
        {
            await nodes.LearnAsync(arrivals, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            return;
        }

        foreach (int number in arrivals)
        {
            NodeAddress node = nodes[number];
            notifier.Note(node);
            Arrived?.Invoke(node);
        }
    }

    /// <summary>After a commit of another process.</summary>
    public void NoteFromOutside(NodeAddress node) => Arrived?.Invoke(node);
}
