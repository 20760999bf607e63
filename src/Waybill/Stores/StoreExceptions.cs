namespace Waybill.Stores;

/// <summary>
/// A worker's epoch was ended: it must drop all that it holds and register anew. Nothing was written.
/// </summary>
public sealed class EpochLostException(WorkerEpoch epoch)
    : Exception($"Worker epoch {epoch.Value} was ended by another process after its lease ran out. Nothing was "
        + "written.")
{
    /// <summary>The epoch that ended.</summary>
    public WorkerEpoch Epoch { get; } = epoch;
}

/// <summary>
/// The store cannot be reached or cannot write now. Nothing was written; the same call may succeed later.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The store went away during a commit: it may have been applied. Re-read by fence before trying again.
/// </summary>
public sealed class CommitOutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The store cannot be trusted any more, for example after a failed fsync. Nothing is acknowledged from here on; the
/// process must stop, and the cause be mended.
/// </summary>
public sealed class StoreBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database was written by a newer version of Waybill than this one.</summary>
public sealed class StoreVersionException(int found, int known) : Exception(
    $"The database has schema version {found}, this program knows versions up to {known}. Run a newer version of the "
    + "program, or restore a backup that was made before the upgrade.")
{
    /// <summary>The version of the database.</summary>
    public int Found { get; } = found;

    /// <summary>The newest version that this program knows.</summary>
    public int Known { get; } = known;
}
