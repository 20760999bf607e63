using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Lets concurrent submissions share a commit: while one is under way, the next batch gathers.</summary>
internal sealed class Intake(IElementStore store, CommitWatch commits)
{
    private const int BatchMax = 500;

    private readonly Lock gate = new();
    private List<Waiting> gathering = [];
    private bool isAccepting;

    public async Task<Acceptance> AcceptAsync(NewElement element, CancellationToken cancel)
    {
        Waiting waiting = new(element);
        bool isFirst;
        lock (gate)
        {
            gathering.Add(waiting);
            isFirst = !isAccepting;
            isAccepting = true;
        }

        // Not awaited: under steady load it goes on for long, and this caller's own submission is done before.
        if (isFirst)
            _ = AcceptAllAsync();
        return await waiting.Task.WaitAsync(cancel);
    }

    private async Task AcceptAllAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                IReadOnlyList<Acceptance> accepted = await commits.WatchAsync(
                    () => store.AcceptAsync([.. batch.Select(waiting => waiting.Element)], CancellationToken.None));
                for (int i = 0; i < batch.Count; i++)
                    batch[i].SetResult(accepted[i]);
            }
            catch (Exception error)
            {
                foreach (Waiting waiting in batch)
                    waiting.SetException(error);
            }
        }
    }

    private List<Waiting> TakeBatch()
    {
        lock (gate)
        {
            List<Waiting> batch = gathering.Count <= BatchMax ? gathering : gathering[..BatchMax];
            gathering = gathering.Count <= BatchMax ? [] : gathering[BatchMax..];
            isAccepting = batch.Count > 0;
            return batch;
        }
    }

    private sealed class Waiting(NewElement element)
        : TaskCompletionSource<Acceptance>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public NewElement Element { get; } = element;
    }
}
