using System.Globalization;
using Waybill.Stores;

namespace Waybill.Bench.Workload;

/// <summary>
/// Puts elements into a store, in large batches and without an engine, as if clients had submitted them.
/// </summary>
internal sealed class Filler(IElementStore store, TimeProvider time)
{
    private const int BatchMax = 500;
    private const int BatchesAtOnce = 2;

    // Different orders; making a new one for each of a million elements would be most of the work.
    private static readonly byte[][] Orders = MakeOrders(1024);

    private int filled;

    /// <summary>Submits elements with new business keys. All are accepted when the task completes.</summary>
    public async Task FillAsync(int count, CancellationToken cancel)
    {
        Queue<Task> underWay = new();
        for (int left = count; left > 0; left -= BatchMax)
        {
            if (underWay.Count == BatchesAtOnce)
                await underWay.Dequeue();
            underWay.Enqueue(store.AcceptAsync(NextBatch(Math.Min(left, BatchMax)), cancel));
        }

        await Task.WhenAll(underWay);
    }

    private NewElement[] NextBatch(int count)
    {
        NewElement[] batch = new NewElement[count];
        for (int i = 0; i < count; i++)
        {
            Guid id = Guid.CreateVersion7(time.GetUtcNow());
            string key = id.ToString("N", CultureInfo.InvariantCulture);
            byte[] order = Orders[filled++ % Orders.Length];
            batch[i] = new NewElement(new ElementId(id), new QueueSlot(TenHops.Start), key, order);
        }

        return batch;
    }

    private static byte[][] MakeOrders(int count)
    {
        OrderSource source = new(seed: 1);
        return [.. Enumerable.Range(0, count).Select(_ => OrderSource.ToJson(source.Next()))];
    }
}
