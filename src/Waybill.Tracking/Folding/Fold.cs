using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Tracking.Folding;

/// <summary>
/// Folds the rows of a journal into elements and statistics, in memory. The store loads what the rows name, has them
/// folded, and writes what has changed.
/// </summary>
internal sealed class Fold(FoldScope scope)
{
    /// <summary>An ending before tracking began.</summary>
    public const int UnknownEnding = -1;

    public PassTallies Tallies { get; } = new();

    /// <summary>Folds rows, in their order, and brings the counts of elements by node and state up to date.</summary>
    /// <exception cref="UnfoldableRowException">
    /// One does not fit; what is in memory is good for nothing then.
    /// </exception>
    public void AddAll(IReadOnlyList<PassItem> items)
    {
        foreach (PassItem item in items)
        {
            try
            {
                Add(item);
            }
            catch (Exception error) when (error is not SqliteFault)
            {
                throw new UnfoldableRowException(item.Entry, error);
            }
        }

        CountDepths();
    }

    private void Add(PassItem item)
    {
        JournalEntry entry = item.Entry;
        long at = entry.At.ToMicros();
        TrackedRow? known = scope.Find(entry.Element);
        TrackedRow row = known ?? Create(item);
        bool isBehind = item.IsRetaken && known is not null && IsBehind(entry, known, at);
        if (item.IsRetaken && known is not null)
            Complete(known, item, at);
        int node = scope.NodeNumber(entry.Node);
        Notes.Keep(item, row, scope, isBehind);
        if (item.Facts is not { IsUntracked: true, Milestone: null } && !IsSilent(entry.Kind, row, item))
            row.Added.Add(Notes.ToHistory(item, row, scope, at, node));
        row.IsChanged = true;
        if (IsNote(entry.Kind) || isBehind)
            return;
        if (row.Ending is not null)
            Revive(row);
        if (IsEnding(entry.Kind))
        {
            Leave(row, entry, at);
            End(row, entry, at);
            return;
        }

        if (entry.Kind is not (JournalKind.Accepted or JournalKind.Released))
            Leave(row, entry, at);
        Arrive(row, item, at, node);
    }

    private void CountDepths()
    {
        foreach (TrackedRow row in scope.Changed)
        {
            if (row.CountedAt is { } before)
                Tallies.Count(before.Node, before.State, -1);
            if (row.Ending is null)
                Tallies.Count(row.Node, row.State, 1);
        }
    }

    private TrackedRow Create(PassItem item)
    {
        JournalEntry entry = item.Entry;
        TrackedRow? parent = item.Caller is { } caller ? scope.Find(caller) : null;
        TrackedRow row = scope.Add(entry.Element, parent);
        row.BusinessKey = item.BusinessKey ?? "";
        row.AcceptedAt = row.Since = row.ArrivedAt = entry.At.ToMicros();
        row.Node = scope.NodeNumber(entry.Node);
        row.Hop = entry.Hop;
        if (IsNote(entry.Kind))
        {
            // It ended and was moved, or ended before tracking began: only ended elements tell of nothing but notes.
            row.Ending = UnknownEnding;
            row.EndedAt = row.AcceptedAt;
            row.State = TrackedState.Ended;
            scope.Finished[row.Key] = row.AcceptedAt;
            return row;
        }

        scope.RootOf(row).Open++;
        scope.RootOf(row).IsChanged = true;
        if (entry.Kind == JournalKind.Accepted)
            Tallies.OfDay(entry.Node, row.AcceptedAt).Accepted++;
        return row;
    }

    // Whether rows that followed this one have been folded: it stands in the history then, and moves nothing.
    private static bool IsBehind(JournalEntry entry, TrackedRow row, long at) =>
        row.Ending is not (null or UnknownEnding)
        || entry.Hop < row.Hop
        || (entry.Hop == row.Hop && at < row.Since);

    /// <summary>Gives an element that rows behind its acceptance have made what only that one says.</summary>
    private void Complete(TrackedRow row, PassItem item, long at)
    {
        if (item.Entry.Kind is not (JournalKind.Accepted or JournalKind.Released))
            return;
        row.BusinessKey = item.BusinessKey ?? row.BusinessKey;
        row.AcceptedAt = at;
        if (item.Entry.Kind == JournalKind.Accepted)
            Tallies.OfDay(item.Entry.Node, at).Accepted++;
    }

    private void Revive(TrackedRow row)
    {
        row.Ending = null;
        row.EndedAt = null;
        scope.RootOf(row).Open++;
        scope.RootOf(row).IsChanged = true;
    }

    /// <summary>Counts what the row says of the node that the element was at.</summary>
    private void Leave(TrackedRow row, JournalEntry entry, long at)
    {
        if (row.IsHidden || entry.Kind is JournalKind.Returned or JournalKind.Signalled)
            return;
        long worked = entry.Worked.ToMicros();
        (HourTally hour, MinuteTally minute) = Tallies.At(row.Node, at);
        if (row.State == TrackedState.Pausing)
        {
            // A wait that ran out leaves no row of its own.
            hour.Arrivals++;
            minute.Arrivals++;
        }

        if (IsRun(entry.Kind))
        {
            if (row.State is TrackedState.Waiting or TrackedState.Held)
                hour.Waiting.Add(at - worked - row.Since);
            hour.Service.Add(worked);
            minute.Runs++;
            minute.Busy += worked;
            Tallies.Work(row.Node, at, worked);
        }
        else if (entry.Kind == JournalKind.Batched)
        {
            hour.Waiting.Add(at - row.Since);
        }

        // Others were counted when they left the queue to wait for something else.
        if (entry.Kind != JournalKind.Retried && IsQueued(row.State))
            minute.Departures++;
        switch (entry.Kind)
        {
            case JournalKind.Retried:
                hour.Retries++;
                break;
            case JournalKind.Sidelined:
                hour.Sidelined++;
                break;
            case JournalKind.Diverted:
                hour.Diverted++;
                break;
            default:
                hour.Completions += IsRun(entry.Kind) ? 1 : 0;
                break;
        }
    }

    private void Arrive(TrackedRow row, PassItem item, long at, int node)
    {
        JournalEntry entry = item.Entry;
        TrackedState state = StateAfter(entry.Kind, item.Facts?.IsHeld ?? false);
        row.Hop = entry.Hop;
        row.Batch = state == TrackedState.Batched ? item.Batch : null;
        row.State = state;
        row.Since = at;
        row.IsHidden = item.Facts is { IsUntracked: true } || (row.IsHidden && IsAtSameNode(entry.Kind));
        if (row.IsHidden)
            return;
        if (!IsAtSameNode(entry.Kind))
            row.ArrivedAt = at;
        row.Node = node;
        if (state is TrackedState.Waiting or TrackedState.Held)
        {
            (HourTally hour, MinuteTally minute) = Tallies.At(node, at);
            hour.Arrivals++;
            minute.Arrivals++;
        }
    }

    private void End(TrackedRow row, JournalEntry entry, long at)
    {
        Ending ending = entry.Kind switch
        {
            JournalKind.Finished => Ending.Finished,
            JournalKind.Failed => Ending.Failed,
            JournalKind.Cancelled => Ending.Cancelled,
            _ => Ending.Dropped,
        };
        row.Hop = entry.Hop;
        row.State = TrackedState.Ended;
        row.Since = at;
        row.Ending = (int)ending;
        row.EndedAt = at;
        row.Batch = null;
        DayTally day = Tallies.OfDay(entry.Node, at);
        day.Ended[(int)ending]++;
        day.Duration.Add(at - row.AcceptedAt);
        TrackedRow root = scope.RootOf(row);
        root.Open--;
        root.IsChanged = true;
        if (root.Open == 0)
            scope.Finished[root.Key] = at;
    }

    // What happens at a node that is not tracked has no facts of its own, and is left out with the node.
    private static bool IsSilent(JournalKind kind, TrackedRow row, PassItem item) =>
        row.IsHidden && item.Facts is null && IsAtSameNode(kind) && kind != JournalKind.Sidelined;

    private static bool IsAtSameNode(JournalKind kind) =>
        kind is JournalKind.Retried or JournalKind.Sidelined or JournalKind.Resumed or JournalKind.Returned
            or JournalKind.Signalled;

    private static bool IsNote(JournalKind kind) =>
        kind is JournalKind.CancelRequested or JournalKind.Amended or JournalKind.ChangeRequested
            or JournalKind.ChangeResolved;

    private static bool IsEnding(JournalKind kind) =>
        kind is JournalKind.Finished or JournalKind.Failed or JournalKind.Cancelled or JournalKind.Dropped;

    private static bool IsQueued(TrackedState state) =>
        state is TrackedState.Waiting or TrackedState.Retrying or TrackedState.Pausing or TrackedState.Held;

    // Whether a handler has run: not when a person, a release or a cancel without a run moved the element.
    private static bool IsRun(JournalKind kind) =>
        kind is JournalKind.Moved or JournalKind.Retried or JournalKind.Called or JournalKind.Waits
            or JournalKind.Diverted or JournalKind.Sidelined or JournalKind.Finished or JournalKind.Failed;

    private static TrackedState StateAfter(JournalKind kind, bool isHeld) => kind switch
    {
        JournalKind.Retried => TrackedState.Retrying,
        JournalKind.Called => TrackedState.Calling,
        JournalKind.Waits => TrackedState.Pausing,
        JournalKind.Sidelined => TrackedState.Sidelined,
        JournalKind.Batched => TrackedState.Batched,
        _ => isHeld ? TrackedState.Held : TrackedState.Waiting,
    };
}
