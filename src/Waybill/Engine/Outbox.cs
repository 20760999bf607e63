namespace Waybill.Engine;

/// <summary>Finished runs of all nodes of the process, gathering for the next commit.</summary>
internal sealed class Outbox : IDisposable
{
    private readonly Lock gate = new();
    private Queue<InFlight> finished = new();

    /// <summary>Set whenever something was added.</summary>
    public Wake Wake { get; } = new();

    public void Add(InFlight element)
    {
        lock (gate)
            finished.Enqueue(element);
        Wake.Set();
    }

    /// <summary>Gives back what was taken and not committed, before everything that came meanwhile.</summary>
    public void PutBack(IReadOnlyList<InFlight> taken)
    {
        lock (gate)
            finished = new Queue<InFlight>(taken.Concat(finished));
        Wake.Set();
    }

    /// <summary>Takes the oldest, in their order.</summary>
    public List<InFlight> Take(int max)
    {
        lock (gate)
        {
            List<InFlight> taken = new(Math.Min(max, finished.Count));
            while (taken.Count < max && finished.TryDequeue(out InFlight? element))
                taken.Add(element);
            if (finished.Count > 0)
                Wake.Set();
            return taken;
        }
    }

    public void Dispose() => Wake.Dispose();
}
