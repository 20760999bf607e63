namespace Waybill.Stores;

/// <summary>
/// The site's ordered log. Rows are written with what they tell of; a reader that goes on from the last position it
/// saw gets every row exactly once, in order, also rows of transactions that committed late.
/// </summary>
public interface IJournalStore
{
    /// <summary>Reads onward. Rows that could still be preceded by one not yet committed are held back.</summary>
    /// <param name="after">The last position seen; default for the beginning.</param>
    /// <param name="max">How many rows at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalPosition after, int max, CancellationToken cancel);

    /// <summary>
    /// The last position that <see cref="ReadAsync"/> would come to now, for a reader that cares only for what is yet
    /// to happen; default when no row is kept.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    Task<JournalPosition> EndAsync(CancellationToken cancel);

    /// <summary>
    /// A page of one element's rows. Reads the journal from the page's beginning on when the store keeps no index by
    /// element. Rows of transactions that commit late may come to stand before the page; who must see every row uses
    /// <see cref="ReadAsync"/>.
    /// </summary>
    /// <param name="filter">Which rows.</param>
    /// <param name="page">Which part of them.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<HistoryPage> HistoryAsync(HistoryFilter filter, HistoryPageRequest page, CancellationToken cancel);

    /// <summary>How many rows of one element are kept. Reads the whole journal, as above.</summary>
    /// <param name="filter">Which rows.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountHistoryAsync(HistoryFilter filter, CancellationToken cancel);

    /// <summary>How many rows are kept.</summary>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAsync(CancellationToken cancel);

    /// <summary>How many rows are kept behind a position: what a reader has yet to see.</summary>
    /// <param name="after">The last position seen; default for the beginning.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAfterAsync(JournalPosition after, CancellationToken cancel);

    /// <summary>
    /// Registers a reader that must see every row, in one transaction: rows that it has not acknowledged are not
    /// trimmed, however old they are. Harmless when repeated.
    /// </summary>
    /// <param name="reader">Its name, 1 to 100 characters.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>What it acknowledged last; default for nothing yet.</returns>
    Task<JournalPosition> OpenReaderAsync(string reader, CancellationToken cancel);

    /// <summary>Notes that a reader has no more need of the rows up to a position; never goes back.</summary>
    /// <param name="reader">Its name; one that is not registered is ignored.</param>
    /// <param name="position">The last row that it has dealt with.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task AcknowledgeAsync(string reader, JournalPosition position, CancellationToken cancel);

    /// <summary>The registered readers, by name.</summary>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<JournalReader>> ReadersAsync(CancellationToken cancel);

    /// <summary>Forgets a reader: nothing is kept for it any more.</summary>
    /// <param name="reader">Its name.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task RemoveReaderAsync(string reader, CancellationToken cancel);

    /// <summary>
    /// Forgets the oldest rows written before an instant, in one transaction; none that a reader still needs.
    /// </summary>
    /// <param name="before">The instant.</param>
    /// <param name="max">How many rows at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many were forgotten.</returns>
    Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel);
}

/// <summary>A place in the journal. Only good for the store that gave it.</summary>
/// <param name="Transaction">Grows from one transaction to the next.</param>
/// <param name="Number">The row within it.</param>
public readonly record struct JournalPosition(long Transaction, int Number) : IComparable<JournalPosition>
{
    /// <inheritdoc/>
    public int CompareTo(JournalPosition other) =>
        Transaction != other.Transaction ? Transaction.CompareTo(other.Transaction) : Number.CompareTo(other.Number);
}

/// <summary>What happened to an element. A detail's members that have no value are left out.</summary>
public enum JournalKind
{
    /// <summary>Taken in: submitted or called. Detail: <c>{"key":…,"caller":…}</c>.</summary>
    Accepted = 0,

    /// <summary>Went to a node.</summary>
    Moved = 1,

    /// <summary>Failed and will run again at the same node. Detail: the failure.</summary>
    Retried = 2,

    /// <summary>Called other workflows and waits. Detail: <c>{"calls":[…ids]}</c>.</summary>
    Called = 3,

    /// <summary>Its calls have returned; it goes on. No hop: the number is that of the call.</summary>
    Returned = 4,

    /// <summary>Waits for an instant or a signal.</summary>
    Waits = 5,

    /// <summary>Got a signal. No hop. Detail: <c>{"signal":…}</c>.</summary>
    Signalled = 6,

    /// <summary>Retries ran out and it went along its node's failure route. Detail: the failure.</summary>
    Diverted = 7,

    /// <summary>Retries ran out and it waits for a person. Detail: the failure.</summary>
    Sidelined = 8,

    /// <summary>
    /// A person sent a sidelined element to its node again. Detail: who, why, and whether it was edited.
    /// </summary>
    Resumed = 9,

    /// <summary>Moved to a newer version of its workflow.</summary>
    Upgraded = 10,

    /// <summary>A cancel was requested. No hop. Detail: who and why.</summary>
    CancelRequested = 11,

    /// <summary>A requested cancel took it to its workflow's cancel node.</summary>
    Cancelling = 12,

    /// <summary>Ended with a result.</summary>
    Finished = 13,

    /// <summary>Ended with a reason.</summary>
    Failed = 14,

    /// <summary>Ended by a cancel.</summary>
    Cancelled = 15,

    /// <summary>Ended by a person. Detail: who and why.</summary>
    Dropped = 16,

    /// <summary>
    /// A batch element was made by a release. Detail: <c>{"key":…,"by":…,"reason":…,"filter":…,"members":[…ids]}</c>.
    /// </summary>
    Released = 17,

    /// <summary>Became a member of a batch. Detail: <c>{"batch":id}</c>.</summary>
    Batched = 18,

    /// <summary>Its data was changed where it stood. No hop. Detail: who and why.</summary>
    Amended = 19,

    /// <summary>
    /// Somebody asked for a change of it or its family. No hop. Detail: <c>{"change":id,"type":…,"by":…,"reason":…}
    /// </c>.
    /// </summary>
    ChangeRequested = 20,

    /// <summary>
    /// A change came to its outcome here. No hop. Detail: <c>{"change":id,"outcome":…,"reason":…,"difference":…}</c>,
    /// outcomes as <see cref="ChangeOutcome"/> in camel case.
    /// </summary>
    ChangeResolved = 21,
}

/// <summary>One row of the journal.</summary>
/// <param name="Position">Its place.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Element">To which element.</param>
/// <param name="Hop">Its hop number afterwards.</param>
/// <param name="Node">Where it is afterwards; where it was, when it ended.</param>
/// <param name="Worked">How long the handler ran.</param>
/// <param name="Detail">JSON, or null.</param>
public sealed record JournalEntry(
    JournalPosition Position, DateTimeOffset At, JournalKind Kind, ElementId Element, int Hop, NodeAddress Node,
    TimeSpan Worked, string? Detail)
{
    /// <summary>
    /// What the element's workflow declares for readers, JSON; null for nothing. Members, each left out when there is
    /// none: <c>attributes</c> (search attributes, an object), <c>personal</c> (names of those that are personal data),
    /// <c>subject</c> (whose), <c>milestone</c> (<c>{"text":…,"data":…}</c>), <c>untracked</c> (true: readers are asked
    /// to leave this node out), <c>held</c> (true: it is held at this node).
    /// </summary>
    public string? Facts { get; init; }
}

/// <summary>A registered reader of the journal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Acknowledged">What it acknowledged last; default for nothing yet.</param>
/// <param name="Since">When it was registered.</param>
public sealed record JournalReader(string Name, JournalPosition Acknowledged, DateTimeOffset Since);
