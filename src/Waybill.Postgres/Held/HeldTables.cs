using System.Collections.Concurrent;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>The tables of the aggregation queues that this process has declared.</summary>
internal sealed class HeldTables(SiteSchema schema)
{
    private readonly ConcurrentDictionary<int, HeldTable> byNode = new();
    private readonly ConcurrentDictionary<NodeAddress, HeldTable> byAddress = new();

    /// <summary>The table of a queue.</summary>
    /// <exception cref="InvalidOperationException">This process has not declared it.</exception>
    public HeldTable this[NodeAddress queue] => byAddress.TryGetValue(queue, out HeldTable? table)
        ? table
        : throw new InvalidOperationException(
            $"{queue} is not an aggregation queue that this process has declared. Declare it first.");

    /// <summary>The table of a queue, by the number of its node.</summary>
    public HeldTable this[int node] => byNode[node];

    /// <summary>The table of a queue that somebody asks.</summary>
    /// <exception cref="HeldQueryException">This process has not declared it.</exception>
    public HeldTable Asked(NodeAddress queue) => byAddress.TryGetValue(queue, out HeldTable? table)
        ? table
        : throw new HeldQueryException($"{queue} is not an aggregation queue that this process has declared.");

    /// <summary>Checks what can be wrong with slots before anything is written.</summary>
    /// <exception cref="InvalidOperationException">One is not of a queue as this process declared it.</exception>
    public void RequireFit(IEnumerable<QueueSlot> slots)
    {
        foreach (QueueSlot slot in slots)
        {
            if (slot.Held is { } row && row.Values.Count != this[slot.Node].Queue.Columns.Count)
            {
                throw new InvalidOperationException(
                    $"{slot.Node} has {this[slot.Node].Queue.Columns.Count} columns, and a row for it has "
                    + $"{row.Values.Count} values.");
            }
        }
    }

    /// <summary>Checks the new row of an element that is held, before anything is written.</summary>
    /// <exception cref="InvalidOperationException">It is not of the queue as this process declared it.</exception>
    public void RequireFits(Place place, NodeAddress node, QueueSlot? slot)
    {
        if (slot is not null && place.State == ElementState.Held)
            RequireFit([slot with { Node = node }]);
    }

    public void Add(HeldTable table)
    {
        byNode[table.Node] = table;
        byAddress[table.Queue.Node] = table;
    }

    /// <summary>
    /// Takes rows out of the table of a node, which another process may have declared. Argument: their keys.
    /// </summary>
    public string DeleteFrom(int node) => $"delete from {HeldTable.NameOf(schema, node)} where key = any ($1)";
}
