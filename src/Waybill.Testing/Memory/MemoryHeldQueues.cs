using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>The aggregation queues as they were last declared.</summary>
internal sealed class MemoryHeldQueues
{
    private readonly Dictionary<NodeAddress, MemoryHeldQueue> queues = [];

    public MemoryHeldQueue? Find(NodeAddress node) => queues.GetValueOrDefault(node);

    /// <summary>The queue that somebody asks.</summary>
    public MemoryHeldQueue Get(NodeAddress node) => Find(node)
        ?? throw new HeldQueryException($"{node} is no aggregation queue that was declared at this store.");

    public void Declare(HeldQueue queue) => queues[queue.Node] = new MemoryHeldQueue(queue);

    public void RequireFit(IEnumerable<NewElement> elements)
    {
        foreach (NewElement element in elements)
            RequireFits(element.Slot);
    }

    /// <summary>Checks what can be wrong with a slot before anything is written.</summary>
    public void RequireFits(QueueSlot slot)
    {
        if (slot.Held is not { } row)
            return;
        if (Find(slot.Node) is not { } queue)
        {
            throw new InvalidOperationException(
                $"{slot.Node} was not declared before an element was to be held there.");
        }

        if (row.Values.Count != queue.Columns.Count)
        {
            throw new InvalidOperationException(
                $"{slot.Node} has {queue.Columns.Count} columns, and a row for it has {row.Values.Count} values.");
        }
    }
}
