namespace Waybill.Stores;

/// <summary>
/// Requests to change elements in flight, and the ledger of what became of them. A request stands pending at each
/// element of its family that it has to reach; every change of that standing is one transaction together with its
/// effect, so a request is applied to an element once at the most, and never after it was withdrawn.
/// </summary>
/// <remarks>
/// A pending request follows its element: it is a mark beside the element's place, which every hop of an owned element
/// must answer (<see cref="HopStatus.ChangePending"/>, <see cref="Hop.Changes"/>), and which elements that nobody owns
/// get resolved where they stand (<see cref="ResolveAsync"/>). What an element calls by a hop that leaves a request
/// pending or that answers it gets the request pending too. When an element ends, what is still pending there becomes
/// <see cref="ChangeOutcome.TooLate"/>.
/// </remarks>
public interface IChangeStore
{
    /// <summary>
    /// Takes a request in, in one transaction: writes it to the ledger and the journal, and marks its target, and with
    /// <see cref="NewChange.Spreads"/> all that the target called and all members of batches among them, to any depth.
    /// A cancel marks as <see cref="IElementStore.CancelAsync"/> does. A second request with the same id changes
    /// nothing and gets the first one's answer. A target that has ended is too late at once, and stands so in the
    /// ledger, not in the journal.
    /// </summary>
    /// <param name="change">The request.</param>
    /// <param name="cancel">Stops waiting; the request may have been taken in all the same.</param>
    Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel);

    /// <summary>
    /// Withdraws requests whose time ran out (<see cref="NewChange.Bound"/>), then lists pending changes at elements
    /// that nobody owns and that have not been answered at their present hop and revision, oldest first. Cancels are
    /// not among them.
    /// </summary>
    /// <param name="only">Of this request only; null for all.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel);

    /// <summary>
    /// Answers pending changes at elements that nobody owns, in one transaction, each fenced by hop and revision: new
    /// data, the place in the queue that goes with it, and the outcome together.
    /// </summary>
    /// <param name="resolutions">At most one for each element.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>For each, in order: whether it was written; false when the element moved, changed, or was claimed, or
    /// the request is no longer pending there.</returns>
    Task<IReadOnlyList<bool>> ResolveAsync(IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel);

    /// <summary>
    /// Takes a request back, in one transaction: wherever it is still pending it becomes <see
    /// cref="ChangeOutcome.CouldNotReach"/> and will not be applied any more. A cancel cannot be taken back where it is
    /// marked.
    /// </summary>
    /// <param name="change">The request.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The request as it stands now; null when there is none.</returns>
    Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel);

    /// <summary>A request as it stands now, with all its outcomes; null when there is none.</summary>
    /// <param name="change">The request.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel);

    /// <summary>A page of the ledger, oldest request first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<ChangeRecord>> ListAsync(ChangeFilter filter, PageRequest page, CancellationToken cancel);

    /// <summary>How many element outcomes there are of each kind, exactly; only kinds that occur.</summary>
    /// <param name="filter">Of which requests.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(ChangeFilter filter, CancellationToken cancel);
}

/// <summary>Identifies one change request for ever; made by whoever asks (UUID version 7).</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct ChangeId(Guid Value)
{
    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">A UUID in any of its usual forms.</param>
    /// <exception cref="FormatException">The text is not a UUID.</exception>
    public static ChangeId Parse(string text) => new(Guid.Parse(text));

    /// <summary>The UUID with hyphens, in lower case.</summary>
    public override string ToString() => Value.ToString("D");
}

/// <summary>A request to change an element in flight.</summary>
public sealed record NewChange
{
    /// <summary>The type of every cancel.</summary>
    public const string CancelType = "cancel";

    /// <summary>Its id.</summary>
    public required ChangeId Id { get; init; }

    /// <summary>What kind of change: a declared name, or <see cref="CancelType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The element, itself or the head of the family that is to be reached.</summary>
    public required ElementRef Target { get; init; }

    /// <summary>What is asked for, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Who asks, and why.</summary>
    public required Actor Actor { get; init; }

    /// <summary>Whether the whole family is marked at once; false where the target's workflow decides itself.</summary>
    public bool Spreads { get; init; } = true;

    /// <summary>
    /// The workflows, as <c>name:version</c>, whose elements are concerned: each gets an outcome. Elements of others
    /// are only passed through, on the way to what they call, and get none.
    /// </summary>
    public IReadOnlyList<string> Concerned { get; init; } = [];

    /// <summary>
    /// Nodes past the point of no return: an element that nobody owns and that stands there is too late at once. Those
    /// that are owned are judged at their next hop.
    /// </summary>
    public IReadOnlyList<NodeAddress> PastReturn { get; init; } = [];

    /// <summary>How long it may stay pending, by the store's clock, before it is withdrawn; null for ever.</summary>
    public TimeSpan? Bound { get; init; }
}

/// <summary>What became of a request when it was taken in.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Element">The element that it was addressed to; null when there is none.</param>
public sealed record ChangeReceipt(ChangeReceiptStatus Status, ElementId? Element);

/// <summary>What became of a request when it was taken in.</summary>
public enum ChangeReceiptStatus
{
    /// <summary>It is in the ledger; the outcomes tell the rest.</summary>
    Taken = 0,

    /// <summary>There is no such element, and no ticket of one. Nothing was written.</summary>
    NotFound = 1,
}

/// <summary>What a change request came to at one element.</summary>
public enum ChangeOutcome
{
    /// <summary>It has no outcome yet.</summary>
    Pending = 0,

    /// <summary>The element's data was changed (or it was cancelled).</summary>
    Applied = 1,

    /// <summary>The workflow refused it, with a reason.</summary>
    Rejected = 2,

    /// <summary>The element had passed the point of no return, or has ended.</summary>
    TooLate = 3,

    /// <summary>It was withdrawn before it reached the element, and will not be applied.</summary>
    CouldNotReach = 4,
}

/// <summary>A change that is pending at an element that nobody owns.</summary>
/// <param name="Change">The request.</param>
/// <param name="Type">Its type.</param>
/// <param name="Payload">What is asked for, UTF-8 JSON.</param>
/// <param name="Element">The element, with its data, hop and revision.</param>
/// <param name="IsConcerned">Whether the element gets an outcome, or is only passed through.</param>
public sealed record PendingChange(
    ChangeId Change, string Type, ReadOnlyMemory<byte> Payload, ElementDetails Element, bool IsConcerned);

/// <summary>What a hop, or a resolution, says to a pending change.</summary>
public enum ChangeVerdict
{
    /// <summary>Not here: it stays pending and follows the element.</summary>
    Stays = 0,

    /// <summary>Applied; the data that goes with this answer has it.</summary>
    Applies = 1,

    /// <summary>Refused, with a reason.</summary>
    Rejects = 2,

    /// <summary>Past the point of no return.</summary>
    ComesTooLate = 3,

    /// <summary>Applied here, and now pending at all that the element called, to any depth.</summary>
    AppliesAndSpreads = 4,

    /// <summary>Passed on to all that the element called, to any depth; here it needs no outcome of its own.</summary>
    Spreads = 5,
}

/// <summary>The answer of one element to one pending change.</summary>
/// <param name="Change">The request.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="Reason">Why, when it is refused or too late.</param>
/// <param name="Difference">
/// What was changed, JSON <c>{"from":{…},"to":{…}}</c> with the members that differ, when applied.
/// </param>
public sealed record ChangeAnswer(ChangeId Change, ChangeVerdict Verdict, string? Reason = null,
    string? Difference = null)
{
    /// <summary>What the verdict is for the element; null when it stays pending, or is only passed on.</summary>
    public ChangeOutcome? Outcome => Verdict switch
    {
        ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads => ChangeOutcome.Applied,
        ChangeVerdict.Rejects => ChangeOutcome.Rejected,
        ChangeVerdict.ComesTooLate => ChangeOutcome.TooLate,
        ChangeVerdict.Stays or ChangeVerdict.Spreads => null,
        _ => throw new InvalidOperationException($"{Verdict} is no verdict."),
    };
}

/// <summary>An answer to a change that is pending at an element that nobody owns.</summary>
public sealed record ChangeResolution
{
    /// <summary>The store's own number of the element.</summary>
    public required long Key { get; init; }

    /// <summary>The element.</summary>
    public required ElementId Id { get; init; }

    /// <summary>The hop number that it must have.</summary>
    public required int Hop { get; init; }

    /// <summary>The revision that it must have; it will have one more when the data changes.</summary>
    public required int Revision { get; init; }

    /// <summary>The answer.</summary>
    public required ChangeAnswer Answer { get; init; }

    /// <summary>The new data, UTF-8 JSON, when the answer applies the change; else ignored.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Where the element stands in the queue of its node with the new data, when the change is applied; null: where it
    /// stood. In another line it stands last; one that is about to be cancelled keeps its place. A held one must get
    /// its new row.
    /// </summary>
    public QueueSlot? Slot { get; init; }

    /// <summary>
    /// What the journal row of an applied change tells readers, JSON (<see cref="JournalEntry.Facts"/>); null for
    /// nothing.
    /// </summary>
    public string? Facts { get; init; }
}

/// <summary>Which requests are meant: all conditions that are given must hold.</summary>
public sealed record ChangeFilter
{
    /// <summary>All requests.</summary>
    public static ChangeFilter All { get; } = new();

    /// <summary>Addressed to this element.</summary>
    public ElementRef? Target { get; init; }

    /// <summary>Having, or waiting for, an outcome at this element.</summary>
    public ElementId? Reached { get; init; }

    /// <summary>The type.</summary>
    public string? Type { get; init; }

    /// <summary>True: only those with all outcomes; false: only those that are pending somewhere.</summary>
    public bool? HasEnded { get; init; }

    /// <summary>Requested at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A request in the ledger.</summary>
/// <param name="Id">The request.</param>
/// <param name="Type">Its type.</param>
/// <param name="Element">The element that it was addressed to.</param>
/// <param name="Workflow">That element's workflow.</param>
/// <param name="BusinessKey">That element's business key.</param>
/// <param name="Payload">What was asked for, UTF-8 JSON.</param>
/// <param name="Actor">Who asked, and why.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="Outcomes">What it came to at each concerned element, in the order in which it reached them.</param>
public sealed record ChangeRecord(
    ChangeId Id, string Type, ElementId Element, string Workflow, string BusinessKey, ReadOnlyMemory<byte> Payload,
    Actor Actor, DateTimeOffset RequestedAt, IReadOnlyList<ElementOutcome> Outcomes)
{
    /// <summary>Whether no outcome is pending any more.</summary>
    public bool HasEnded => Outcomes.All(outcome => outcome.Outcome != ChangeOutcome.Pending);
}

/// <summary>What a request came to at one element.</summary>
/// <param name="Element">The element.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Node">
/// Where the element was then; where it was when the request came, while it is pending; null when it had ended before.
/// </param>
/// <param name="Hop">Its hop number then.</param>
/// <param name="At">When; when the request came, while it is pending.</param>
/// <param name="Reason">Why, when it was refused or too late.</param>
/// <param name="Difference">JSON <c>{"from":{…},"to":{…}}</c>, when it was applied.</param>
public sealed record ElementOutcome(
    ElementId Element, ChangeOutcome Outcome, NodeAddress? Node, int Hop, DateTimeOffset At, string? Reason,
    string? Difference);
