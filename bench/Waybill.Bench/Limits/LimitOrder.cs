namespace Waybill.Bench.Limits;

/// <summary>
/// In which order a bare loop moves its elements: all once in random order, then all again in another.
/// </summary>
internal sealed class LimitOrder
{
    private readonly Random random = new(3);
    private readonly int[] elements;
    private int next;

    public LimitOrder(int count)
    {
        elements = [.. Enumerable.Range(0, count)];
        random.Shuffle(elements);
    }

    /// <summary>How often all have been moved.</summary>
    public int Rounds { get; private set; }

    /// <summary>The next elements to move, at most as many as fit; a batch never holds an element twice.</summary>
    public ReadOnlySpan<int> NextBatch(int max)
    {
        if (next == elements.Length)
        {
            next = 0;
            Rounds++;
            random.Shuffle(elements);
        }

        ReadOnlySpan<int> batch = elements.AsSpan(next, Math.Min(max, elements.Length - next));
        next += batch.Length;
        return batch;
    }
}
