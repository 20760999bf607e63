using System.Collections.Concurrent;
using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Writing;

/// <summary>
/// The only one that writes and checkpoints: one thread with one connection. It takes all work that has gathered,
/// runs it in one transaction, commits once for all of it, and only then lets the callers know.
/// </summary>
/// <remarks>
/// Work that fails by itself (a lost epoch, a constraint) fails alone: if it had written anything, the transaction is
/// rolled back and the others run again without it. When the database cannot write now, all work of the transaction
/// fails and the next transaction tries anew. When the database cannot be trusted any more, nothing is acknowledged
/// from then on.
/// </remarks>
internal sealed class Writer(string file)
{
    // Larger transactions are hardly cheaper by the hop, and all in them wait longer.
    private const int GroupWeightMax = 500;

    // While work comes in, checkpoints wait for SQLite's own limit; in a pause they disturb nobody.
    private const int PauseMilliseconds = 20;
    private const int PauseCheckpointChangesMin = 1000;

    private readonly BlockingCollection<WorkItem> queue = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Func<Exception>? refusal = () => new InvalidOperationException(
        $"The store of {file} has not been opened: await {nameof(ISiteStore.OpenAsync)} first.");
    private bool isStarted;
    private int changesAtCheckpoint;

    /// <summary>
    /// Called on the writer's thread after each commit that made elements ready; must return at once.
    /// </summary>
    public Action<NodeAddress>? Arrived { get; set; }

    /// <summary>Begins to work; the session belongs to the writer from here on.</summary>
    public void Start(Session session)
    {
        isStarted = true;
        refusal = null;
        new Thread(() => Work(session)) { IsBackground = true, Name = "Waybill.Sqlite writer" }.Start();
    }

    /// <summary>From now on all work is refused.</summary>
    public void Refuse(Func<Exception> reason) => refusal = reason;

    /// <summary>Has work done in a transaction; the task completes when the transaction is durable.</summary>
    /// <param name="work">May run more than once; only the last run counts.</param>
    /// <param name="cancel">Stops waiting, as long as the work has not begun.</param>
    /// <param name="weight">About how many elements it writes.</param>
    /// <param name="isExpendable">Whether a failure of the machine (not of the process) may undo it.</param>
    public Task<T> RunAsync<T>(
        Func<Session, T> work, CancellationToken cancel, int weight = 1, bool isExpendable = false)
    {
        if (refusal is { } reason)
            return Task.FromException<T>(reason());
        WorkItem<T> item = new(work, cancel) { Weight = weight, IsExpendable = isExpendable };
        try
        {
            queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(IsDisposed());
        }

        return item.Completion;
    }

    /// <summary>Finishes the work that was taken in, moves the log into the database, and closes it.</summary>
    public Task StopAsync()
    {
        refusal = IsDisposed;
        queue.CompleteAdding();
        return isStarted ? ended.Task : Task.CompletedTask;
    }

    private void Work(Session session)
    {
        List<WorkItem> group = [];
        Exception? broken = null;
        while (TryGather(session, group, mayCheckpoint: broken is null))
        {
            try
            {
                if (broken is null)
                    WriteAll(session, group);
            }
            catch (Exception error)
            {
                broken = error is StoreBrokenException ? error : Unexpected(error);
                refusal = () => new StoreBrokenException(broken.Message, broken);
            }

            if (broken is not null)
                Fail(group, new StoreBrokenException(broken.Message, broken));
            group.Clear();
        }

        Close(session, broken);
    }

    /// <summary>Waits for work, then takes all that has gathered up to the limit.</summary>
    /// <returns>False when there will be no more.</returns>
    private bool TryGather(Session session, List<WorkItem> group, bool mayCheckpoint)
    {
        WorkItem? item;
        while (!queue.TryTake(out item, mayCheckpoint && HasChanges(session) ? PauseMilliseconds : Timeout.Infinite))
        {
            if (queue.IsCompleted)
                return false;
            CheckpointInPause(session);
        }

        int weight = 0;
        do
        {
            group.Add(item);
            weight += item.Weight;
        }
        while (weight < GroupWeightMax && queue.TryTake(out item));
        return true;
    }

    private void WriteAll(Session session, List<WorkItem> group)
    {
        group.RemoveAll(item => item.TryWithdraw());
        while (group.Count > 0)
        {
            try
            {
                if (Write(session, group) is not { } spoiler)
                    return;
                session.Rollback();
                group.Remove(spoiler);
                spoiler.Complete();
            }
            catch (SqliteFault fault)
            {
                Exception error = fault.InWordsOfContract(file);
                if (error is StoreBrokenException)
                    throw error;
                session.Rollback();
                Fail(group, error);
                return;
            }
        }
    }

    /// <summary>Runs all in one transaction.</summary>
    /// <returns>One that failed after it had written something; then nothing is committed.</returns>
    private WorkItem? Write(Session session, List<WorkItem> group)
    {
        session.Begin(isDurable: !group.TrueForAll(item => item.IsExpendable));
        foreach (WorkItem item in group)
        {
            int changesBefore = session.Database.TotalChanges;
            try
            {
                session.Clock.Look();
                item.Run(session);
            }
            catch (Exception error) when (error is not SqliteFault { IsOfStatement: false })
            {
                item.Note(error is SqliteFault fault ? fault.InWordsOfContract(file) : error);
                if (session.Database.TotalChanges != changesBefore || !session.Database.IsInTransaction)
                    return item;
            }
        }

        IReadOnlyList<NodeAddress> arrivals = session.Commit();
        try
        {
            foreach (NodeAddress node in arrivals)
                Arrived?.Invoke(node);
        }
        finally
        {
            foreach (WorkItem item in group)
                item.Complete();
        }

        return null;
    }

    private bool HasChanges(Session session) =>
        session.Database.TotalChanges - changesAtCheckpoint >= PauseCheckpointChangesMin;

    private void CheckpointInPause(Session session)
    {
        try
        {
            session.Database.Checkpoint(isFinal: false);
            changesAtCheckpoint = session.Database.TotalChanges;
        }
        catch (SqliteFault fault) when (fault.InWordsOfContract(file) is StoreUnavailableException)
        {
            // The log keeps what the database has no room for; it is tried again after more work.
            changesAtCheckpoint = session.Database.TotalChanges;
        }
    }

    private void Close(Session session, Exception? broken)
    {
        try
        {
            if (broken is null)
                session.Database.Checkpoint(isFinal: true);
        }
        catch (SqliteFault)
        {
            // All that was acknowledged stands in the log, and the next one that opens the store reads it there.
        }
        finally
        {
            session.Dispose();
            ended.SetResult();
        }
    }

    private static void Fail(List<WorkItem> group, Exception error)
    {
        foreach (WorkItem item in group)
        {
            item.Note(error);
            item.Complete();
        }
    }

    private StoreBrokenException Unexpected(Exception error) => new(
        $"The writer of {file} met an error that it does not know: {error.Message} Nothing is acknowledged from here "
        + "on. End the process and start again.",
        error);

    private ObjectDisposedException IsDisposed() => new(nameof(SqliteStore), $"The store of {file} has been closed.");
}
