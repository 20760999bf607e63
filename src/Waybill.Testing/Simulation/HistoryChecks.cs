using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>What must hold for the journal of one element that has ended.</summary>
internal static class HistoryChecks
{
    public static bool IsHop(JournalKind kind) =>
        kind is not (JournalKind.Returned or JournalKind.Signalled or JournalKind.CancelRequested
            or JournalKind.Amended or JournalKind.ChangeRequested or JournalKind.ChangeResolved);

    public static bool IsEnding(JournalKind kind) =>
        kind is JournalKind.Finished or JournalKind.Failed or JournalKind.Cancelled or JournalKind.Dropped;

    public static bool IsBeginning(JournalKind kind) => kind is JournalKind.Accepted or JournalKind.Released;

    /// <summary>Whether only a run that succeeded brings such a row about.</summary>
    public static bool IsOfRun(JournalKind kind) =>
        kind is JournalKind.Moved or JournalKind.Called or JournalKind.Waits
            or JournalKind.Finished or JournalKind.Failed;

    public static string? Fault(IReadOnlyList<JournalEntry> history) =>
        NumberFault(history) ?? EndingFault(history) ?? JoinFault(history) ?? CancelFault(history);

    /// <summary>Hops are numbered without gap or repeat; what is no hop has the number of the one before.</summary>
    private static string? NumberFault(IReadOnlyList<JournalEntry> history)
    {
        int hop = -1;
        foreach (JournalEntry row in history)
        {
            if (IsHop(row.Kind))
                hop++;
            if (row.Hop != hop)
                return $"after hop {hop} the journal has {row.Kind} with {row.Hop}";
        }

        return null;
    }

    private static string? EndingFault(IReadOnlyList<JournalEntry> history)
    {
        bool hasBegunOnce = IsBeginning(history[0].Kind) && history.Count(row => IsBeginning(row.Kind)) == 1;
        if (!hasBegunOnce)
            return "it was not accepted once";
        // With the ending, what is pending of changes comes too late: those rows follow it.
        JournalEntry last = history.Last(row => row.Kind != JournalKind.ChangeResolved);
        bool hasEndedOnce = IsEnding(last.Kind) && history.Count(row => IsEnding(row.Kind)) == 1;
        return hasEndedOnce ? null : "it did not end once";
    }

    /// <summary>
    /// Each call, and each batch, returns once before the next hop. Only who is cancelled leaves a batch without.
    /// </summary>
    private static string? JoinFault(IReadOnlyList<JournalEntry> history)
    {
        JournalKind? open = null;
        bool isCancelled = false;
        foreach (JournalEntry row in history)
        {
            if (IsHop(row.Kind) && open is { } kind && !(kind == JournalKind.Batched && isCancelled))
                return $"it went on by {row.Kind} after {open} before that returned";
            if (row.Kind is JournalKind.Called or JournalKind.Batched)
                (open, isCancelled) = (row.Kind, false);
            else if (IsHop(row.Kind))
                open = null;
            else if (row.Kind == JournalKind.Returned && (open is null || isCancelled))
                return $"its call at hop {row.Hop} returned more than once, or after a cancel";
            else if (row.Kind == JournalKind.Returned)
                open = null;
            else if (row.Kind == JournalKind.CancelRequested)
                isCancelled = open == JournalKind.Batched;
        }

        return null;
    }

    /// <summary>After a cancel was requested, nothing goes on as if it had not been.</summary>
    private static string? CancelFault(IReadOnlyList<JournalEntry> history)
    {
        bool isPending = false;
        int requests = 0;
        foreach (JournalEntry row in history)
        {
            if (row.Kind == JournalKind.CancelRequested)
            {
                isPending = true;
                requests++;
            }
            else if (row.Kind is JournalKind.Cancelling)
            {
                isPending = false;
            }
            else if (isPending && GoesOn(row.Kind))
            {
                return $"it went on by {row.Kind} although a cancel was pending";
            }
        }

        return requests > 1 ? "a cancel was requested more than once" : null;
    }

    private static bool GoesOn(JournalKind kind) =>
        kind is JournalKind.Moved or JournalKind.Called or JournalKind.Waits or JournalKind.Diverted
            or JournalKind.Batched;
}
