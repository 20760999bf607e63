using Waybill.Stores;

namespace Waybill.Engine.Remote;

/// <summary>
/// The leases that a process has given, and for a while the answers to those that have ended. Not thread-safe: the
/// desk's lock guards it.
/// </summary>
internal sealed class RemoteLeases(TimeProvider time, Func<string> newLease)
{
    private const int AnswersKeptMax = 10_000;

    // So long a worker that did not get the answer can ask again.
    private static readonly TimeSpan AnswerKept = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, RemoteRun> leases = [];
    private readonly Queue<RemoteRun> answered = new();

    /// <summary>How many runs are in the hands of workers, or on the way from there to the store.</summary>
    public int Count => leases.Count - answered.Count;

    public RemoteRun? Find(string lease) => leases.GetValueOrDefault(lease);

    public RemoteWork HandOut(RemoteRun run, string worker)
    {
        RemoteWork work = run.HandOut(newLease(), worker, time.GetTimestamp(), RunFor(run));
        leases.Add(work.Lease, run);
        return work;
    }

    /// <summary>How long it lasts now; null when it is lost.</summary>
    public TimeSpan? Extend(string lease)
    {
        if (Find(lease) is not { State: RemoteState.Leased } run)
            return null;
        run.Heard(time.GetTimestamp());
        TimeSpan left = RunFor(run);
        return left < run.Queue.Lease ? left : run.Queue.Lease;
    }

    /// <summary>Forgets the lease of a run that is answered for in another way.</summary>
    public void Remove(RemoteRun run) => leases.Remove(run.Lease);

    public void Settle(RemoteRun run, JournalKind? kind)
    {
        RemoteAnswer answer = kind switch
        {
            null => RemoteAnswer.Lost,
            JournalKind.Retried or JournalKind.Diverted or JournalKind.Sidelined => new(RemoteOutcome.Failed),
            JournalKind.Cancelling or JournalKind.Cancelled => new(RemoteOutcome.Cancelled),
            _ => new(RemoteOutcome.Committed),
        };
        run.Settle(answer, time.GetTimestamp());
        answered.Enqueue(run);
    }

    /// <summary>Runs whose worker was not heard of for the length of their lease.</summary>
    public RemoteRun[] Lapsed() => [.. leases.Values.Where(HasLapsed)];

    /// <summary>Runs in the hands of workers.</summary>
    public RemoteRun[] Held() => [.. leases.Values.Where(run => run.State == RemoteState.Leased)];

    /// <summary>Forgets answers that nobody will ask for any more.</summary>
    public void Tidy()
    {
        while (answered.TryPeek(out RemoteRun? oldest) && IsOld(oldest))
            leases.Remove(answered.Dequeue().Lease);
    }

    private bool HasLapsed(RemoteRun run) =>
        run.State == RemoteState.Leased && time.GetElapsedTime(run.HeardAt) >= run.Queue.Lease;

    private bool IsOld(RemoteRun run) =>
        answered.Count > AnswersKeptMax || time.GetElapsedTime(run.HeardAt) >= AnswerKept;

    private TimeSpan RunFor(RemoteRun run)
    {
        TimeSpan left = run.Queue.Node.Definition.RunTimeMax - time.GetElapsedTime(run.OfferedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
