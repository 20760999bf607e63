using Waybill.Postgres.Waking;

namespace Waybill.Postgres;

/// <summary>Tells this process, and through the notifier others, where elements have become ready.</summary>
internal sealed class Arrivals(NodeNumbers nodes, ArrivalNotifier notifier)
{
    /// <summary>Raised once for each node.</summary>
    public event Action<NodeAddress>? Arrived;

    /// <summary>After a commit of this process.</summary>
    public void Note(IEnumerable<int> arrivals)
    {
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
