namespace Waybill.Engine;

/// <summary>Finished runs of all nodes of the process, gathering for the next commit.</summary>
internal sealed class Outbox : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<InFlight> aside = [];
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

    /// <summary>Takes the oldest, in their order; one that goes alone, alone.</summary>
    public List<InFlight> Take(int max)
    {
        lock (gate)
        {
            List<InFlight> taken = new(Math.Min(max, finished.Count));
            while (taken.Count < max && finished.TryPeek(out InFlight? next) && (taken.Count == 0 || !next.GoesAlone))
            {
                taken.Add(finished.Dequeue());
                if (next.GoesAlone)
                    break;
            }

            if (finished.Count > 0)
                Wake.Set();
            return taken;
        }
    }

    /// <summary>Takes everything, also what is set aside.</summary>
    public List<InFlight> TakeAll()
    {
        lock (gate)
        {
            List<InFlight> taken = [.. aside, .. finished];
            aside.Clear();
            finished.Clear();
            return taken;
        }
    }

    /// <summary>Keeps what is to be tried again later.</summary>
    public void SetAside(InFlight element)
    {
        lock (gate)
            aside.Add(element);
    }

    /// <summary>Takes what is set aside.</summary>
    public List<InFlight> TakeAside()
    {
        lock (gate)
        {
            List<InFlight> taken = [.. aside];
            aside.Clear();
            return taken;
        }
    }

    public void Dispose() => Wake.Dispose();
}
