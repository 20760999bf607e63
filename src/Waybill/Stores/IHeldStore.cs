namespace Waybill.Stores;

/// <summary>
/// Aggregation queues: elements that are held are at once a queue and a table of the site's store, one for each queue,
/// with the declared columns as real, indexed columns. A hop to such a node, and whatever takes an element away from
/// it, keeps the table right in the same transaction.
/// </summary>
public interface IHeldStore
{
    /// <summary>
    /// Makes the tables of queues ready to be used, in one transaction: creates them, and where the columns of one
    /// differ from those that it was last declared with, rebuilds it from the data of what is held. Must be awaited
    /// before a hop names the queue; harmless when repeated.
    /// </summary>
    /// <param name="queues">The queues that this process knows.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel);

    /// <summary>A page of what is held, from one snapshot.</summary>
    /// <param name="queue">Where.</param>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part, and in which order.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="HeldQueryException">A column is not declared, or compared with another type.</exception>
    Task<HeldPage> ListAsync(NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel);

    /// <summary>
    /// Exact counts, sums, least and greatest of what is held, from one snapshot; the largest groups first, at most
    /// 1,000.
    /// </summary>
    /// <param name="queue">Where.</param>
    /// <param name="query">Which, grouped by what, measured how.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="HeldQueryException">A column is not declared, or has not the type that is needed.</exception>
    Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel);

    /// <summary>
    /// Releases what matches into a new batch element, in one transaction: the oldest first, each member leaves the
    /// table and becomes <see cref="ElementState.Batched"/> at the node where it will go on (a hop: its number grows),
    /// the batch element becomes ready at its first node, and both are journalled. An element is a member of one batch
    /// at the most. When the gate is closed or nothing matches, nothing is written.
    /// </summary>
    /// <param name="release">What to release, and into what.</param>
    /// <param name="cancel">Stops waiting; what was begun may still be released.</param>
    /// <exception cref="HeldQueryException">A column is not declared, or compared with another type.</exception>
    Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel);

    /// <summary>
    /// Carries out a person's decisions on held elements as hops, in one transaction. As <see
    /// cref="ISidelinedStore.ActAsync"/>, but fenced by the state <see cref="ElementState.Held"/>.
    /// </summary>
    /// <param name="hops">At most one for each element.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel);

    /// <summary>
    /// Changes the data of elements where they stand, in one transaction: not a hop, the hop number stays. Each is
    /// fenced by hop and revision and must not be owned; a held one gets its new row too, and when that names another
    /// group, it counts as held anew from now on.
    /// </summary>
    /// <param name="amendments">At most one for each element.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>For each, in order: whether it was applied; false when the element has changed or moved.</returns>
    Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel);

    /// <summary>A page of the members that a batch element still has, oldest first, with their data.</summary>
    /// <param name="batch">The batch element.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel);
}

/// <summary>An aggregation queue as a process declares it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Columns">Its columns, at most 16; names are unique without regard to letter case.</param>
/// <param name="RowOf">Makes the row of an element from its data (UTF-8 JSON), to rebuild a table.</param>
public sealed record HeldQueue(
    NodeAddress Node, IReadOnlyList<HeldColumn> Columns, Func<ReadOnlyMemory<byte>, HeldRow> RowOf);

/// <summary>A column of an aggregation queue.</summary>
/// <param name="Name">A letter, then letters and digits, at most 40: <c>promisedBy</c>.</param>
/// <param name="Type">What it holds; any column may also be empty.</param>
public sealed record HeldColumn(string Name, HeldType Type);

/// <summary>What a column of an aggregation queue holds.</summary>
public enum HeldType
{
    /// <summary>Text, at most 200 characters, compared by its code points.</summary>
    Text = 0,

    /// <summary>An exact decimal number with at most 4 decimals, between ±100,000,000,000,000.</summary>
    Number = 1,

    /// <summary>An instant, to the microsecond.</summary>
    Instant = 2,
}

/// <summary>A value of a column: text, a number, an instant, or nothing.</summary>
public readonly record struct HeldValue
{
    private HeldValue(string? text, decimal? number, DateTimeOffset? instant) =>
        (Text, Number, Instant) = (text, number, instant);

    /// <summary>No value.</summary>
    public static HeldValue None => default;

    /// <summary>The text, when it is one.</summary>
    public string? Text { get; }

    /// <summary>The number, when it is one.</summary>
    public decimal? Number { get; }

    /// <summary>The instant, when it is one.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>Its type; null for no value.</summary>
    public HeldType? Type => Text is not null ? HeldType.Text
        : Number is not null ? HeldType.Number
        : Instant is not null ? HeldType.Instant
        : null;

    /// <summary>A text, or no value.</summary>
    /// <param name="text">The text.</param>
    public static HeldValue Of(string? text) => new(text, null, null);

    /// <summary>A number, or no value.</summary>
    /// <param name="number">The number.</param>
    public static HeldValue Of(decimal? number) => new(null, number, null);

    /// <summary>An instant, or no value.</summary>
    /// <param name="instant">The instant; its offset, and what is less than a microsecond, is not kept.</param>
    public static HeldValue Of(DateTimeOffset? instant) => new(
        null, null, instant?.ToUniversalTime().AddTicks(-(instant.Value.Ticks % TimeSpan.TicksPerMicrosecond)));

    /// <summary>The value as people read it; empty for none.</summary>
    public override string ToString() => Text
        ?? Number?.ToString(System.Globalization.CultureInfo.InvariantCulture)
        ?? Instant?.ToString("O", System.Globalization.CultureInfo.InvariantCulture)
        ?? "";
}

/// <summary>What the table of its queue says of one held element.</summary>
/// <param name="Group">The group key, 1 to 200 characters.</param>
/// <param name="Values">One for each column that this process declared, in their order.</param>
public sealed record HeldRow(string Group, IReadOnlyList<HeldValue> Values);

/// <summary>An element in the listing of its queue.</summary>
/// <param name="Key">The store's own number.</param>
/// <param name="Id">The element.</param>
/// <param name="BusinessKey">Its business key.</param>
/// <param name="Hop">Its hop number; with the revision, the fence of a decision.</param>
/// <param name="Revision">How often its data was amended where it stood.</param>
/// <param name="Group">Its group key.</param>
/// <param name="HeldAt">Since when it is held in this group.</param>
/// <param name="Values">One for each declared column, in their order.</param>
/// <param name="Caller">Who called it.</param>
public sealed record HeldElement(
    long Key, ElementId Id, string BusinessKey, int Hop, int Revision, string Group, DateTimeOffset HeldAt,
    IReadOnlyList<HeldValue> Values, CallerRef? Caller);

/// <summary>A change of an element's data where it stands.</summary>
public sealed record Amendment
{
    /// <summary>The store's own number of the element.</summary>
    public required long Key { get; init; }

    /// <summary>The element.</summary>
    public required ElementId Id { get; init; }

    /// <summary>The hop number that it must have.</summary>
    public required int Hop { get; init; }

    /// <summary>The revision that it must have; it will have one more.</summary>
    public required int Revision { get; init; }

    /// <summary>The new data, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Where it stands in the queue of its node with the new data, as <see cref="ChangeResolution.Slot"/> says it.
    /// </summary>
    public QueueSlot? Slot { get; init; }

    /// <summary>
    /// What its journal row tells readers, JSON (<see cref="JournalEntry.Facts"/>); null for nothing.
    /// </summary>
    public string? Facts { get; init; }

    /// <summary>JSON for the journal row <see cref="JournalKind.Amended"/>: who and why.</summary>
    public string? Detail { get; init; }
}

/// <summary>A member of a batch.</summary>
/// <param name="Key">The store's own number.</param>
/// <param name="Id">The member.</param>
/// <param name="BusinessKey">Its business key.</param>
/// <param name="Data">UTF-8 JSON.</param>
public sealed record BatchMember(long Key, ElementId Id, string BusinessKey, ReadOnlyMemory<byte> Data);

/// <summary>What a member takes along when it leaves its batch before the batch ends.</summary>
/// <param name="Member">The member; one that is no longer in the batch is left alone.</param>
/// <param name="Reply">What it goes on with, slot 0.</param>
public sealed record MemberReply(ElementId Member, Reply Reply);
