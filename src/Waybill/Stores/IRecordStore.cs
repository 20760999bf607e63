namespace Waybill.Stores;

/// <summary>
/// Small named records that the faces of a site keep beside its elements, for all its processes: keys of clients,
/// idempotency, controls of nodes, addresses of services, the trail of operators' acts. A record is whole and small;
/// what travels is an element, not a record.
/// </summary>
public interface IRecordStore
{
    /// <summary>
    /// Writes records in one transaction: all, or none when a condition does not hold. Durable when the task completes.
    /// A record whose time has run out counts as absent.
    /// </summary>
    /// <param name="writes">At most 1,000; each key at most once.</param>
    /// <param name="cancel">Stops waiting; what was begun may still be written.</param>
    /// <returns>Whether all conditions held, so that all was written.</returns>
    Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel);

    /// <summary>Reads records from one snapshot.</summary>
    /// <param name="keys">At most 1,000.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>For each, in order: the record; null when there is none, or its time has run out.</returns>
    Task<IReadOnlyList<StoredRecord?>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel);

    /// <summary>
    /// A page of the records that match and whose time has not run out, in the order of creation; those that one call
    /// created, in any order among themselves.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<StoredRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancel);

    /// <summary>How many match, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAsync(RecordFilter filter, CancellationToken cancel);

    /// <summary>Forgets records whose time has run out by the store's clock, in one transaction.</summary>
    /// <param name="max">How many at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many were forgotten.</returns>
    Task<int> PurgeAsync(int max, CancellationToken cancel);
}

/// <summary>What a record is called.</summary>
/// <param name="Kind">What it is: 1 to 100 of the characters a-z, 0-9, '-' and '.'.</param>
/// <param name="Name">1 to 400 characters, no control characters; compared character by character.</param>
public readonly record struct RecordKey(string Kind, string Name);

/// <summary>One record to write or to delete.</summary>
/// <param name="Key">What it is called.</param>
/// <param name="Value">UTF-8 JSON, at most 1 MiB; null deletes it (no condition: also when there is none).</param>
public sealed record RecordWrite(RecordKey Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>
    /// The revision that it must have; 0 when there must be none; null (the default) for any.
    /// </summary>
    public long? Expected { get; init; }

    /// <summary>How long it is kept, by the store's clock; null (the default) for ever.</summary>
    public TimeSpan? KeepFor { get; init; }
}

/// <summary>Which records are meant: all conditions that are given must hold.</summary>
/// <param name="Kind">What they are.</param>
public sealed record RecordFilter(string Kind)
{
    /// <summary>How their names begin, character by character.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Created at this instant or later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Created before this instant.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }
}

/// <summary>A record as it is kept.</summary>
/// <param name="Key">What it is called.</param>
/// <param name="Value">UTF-8 JSON.</param>
/// <param name="Revision">At least 1. Grows with each write; no two writes of a site have the same.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ChangedAt">When it was written last.</param>
/// <param name="KeptUntil">When it runs out; null for never.</param>
public sealed record StoredRecord(
    RecordKey Key, ReadOnlyMemory<byte> Value, long Revision, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt,
    DateTimeOffset? KeptUntil);
