using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// What a person or program can do with an aggregation queue: count, group, list, release, amend, drop. To cancel a
/// held element, cancel it as any other. Filters are data, so they can come from anywhere. Every act is journalled with
/// its actor. Thread-safe.
/// </summary>
public abstract class HeldDesk
{
    private readonly ISiteStore store;
    private readonly TimeProvider time;
    private readonly BatchBuilder batches;
    private readonly HeldTables tables;

    private protected HeldDesk(HeldDesks desks, PlacedNode node)
    {
        (store, time, batches, tables) = (desks.Store, desks.Time, desks.Batches, desks.Tables);
        Site = desks.Site;
        Node = node;
    }

    /// <summary>The queue.</summary>
    public NodeAddress Queue => Node.Address;

    /// <summary>Its columns, in the order in which they stand in <see cref="HeldElement.Values"/>.</summary>
    public IReadOnlyList<HeldColumn> Columns => [.. Hold.Columns.Select(column => column.ToHeldColumn())];

    private protected SiteDefinition Site { get; }

    private protected PlacedNode Node { get; }

    private protected HoldDefinition Hold => Node.Definition.Hold!;

    /// <summary>How many elements match, exactly.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<long> CountAsync(HeldFilter? filter = null, CancellationToken cancel = default)
    {
        HeldQuery query = new() { Filter = filter ?? HeldFilter.All };
        return (await GroupAsync(query, cancel))[0].Count;
    }

    /// <inheritdoc cref="IHeldStore.GroupAsync"/>
    /// <param name="query">Which, grouped by what, measured how.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<IReadOnlyList<HeldGroup>> GroupAsync(HeldQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await tables.DeclareAsync(cancel);
        return await store.Held.GroupAsync(Queue, query, cancel);
    }

    /// <inheritdoc cref="IHeldStore.ListAsync"/>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="page">Which part, and in which order; null for the first 100, those held longest first.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<HeldPage> ListAsync(
        HeldFilter? filter = null, HeldPageRequest? page = null, CancellationToken cancel = default)
    {
        await tables.DeclareAsync(cancel);
        return await store.Held.ListAsync(Queue, filter ?? HeldFilter.All, page ?? new HeldPageRequest(), cancel);
    }

    /// <summary>
    /// Releases what matches into one new batch, atomically, those held longest first. When two release at once, each
    /// element goes to one of them.
    /// </summary>
    /// <param name="filter">Which; by <see cref="HeldFilter.Ids"/>, these.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="max">How many at the most, 1 to 10,000; null for as many as the queue declares for a batch.</param>
    /// <param name="cancel">Stops waiting; what was begun may still be released.</param>
    /// <returns>The batch element, and how many members it got.</returns>
    public async Task<ReleasedBatch> ReleaseAsync(
        HeldFilter filter, Actor actor, int? max = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(actor);
        await tables.DeclareAsync(cancel);
        HeldRelease release = batches.Release(Node, filter, max ?? Hold.BatchMax, null, actor, time.GetUtcNow());
        HeldReleased released = await store.Held.ReleaseAsync(release, cancel);
        return released.Status == HeldReleaseStatus.Released
            ? new ReleasedBatch(release.Batch.Id, released.Members)
            : default;
    }

    /// <summary>
    /// Changes the data of one held element where it is held: its columns and group follow. In another group it counts
    /// as held anew.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="mergePatch">A JSON merge patch (RFC 7396), for example <c>{"shipMethod":"express"}</c>.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False when it is not held here (any more).</returns>
    /// <exception cref="ArgumentException">The patch is not a JSON object.</exception>
    /// <exception cref="RouteException">The patched data cannot be read or held. Nothing was changed.</exception>
    public Task<bool> AmendAsync(
        ElementId element, string mergePatch, Actor actor, CancellationToken cancel = default)
    {
        JsonObject patch = MergePatch.Parse(mergePatch);
        JsonCodec codec = Site.Codecs.For(Node.Definition.Node.DataType);
        return AmendAsync(
            element, data => codec.Edit(data, plain => MergePatch.Apply(plain, patch)), actor, cancel);
    }

    /// <summary>Ends elements without a result. A caller gets <see cref="Ending.Dropped"/> as its reply.</summary>
    /// <param name="filter">Which; those that are held when the act begins.</param>
    /// <param name="actor">Who, and why; the reason goes to the ticket or the caller.</param>
    /// <param name="cancel">Stops between pages, each of which is one transaction.</param>
    /// <returns>How many were dropped.</returns>
    public async Task<int> DropAsync(HeldFilter filter, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(actor);
        DateTimeOffset end = (await store.NowAsync(cancel)).AddMicroseconds(1);
        if (filter.HeldBefore is null || filter.HeldBefore > end)
            filter = filter with { HeldBefore = end };
        int dropped = 0;
        HeldCursor? after = null;
        do
        {
            HeldPage page = await ListAsync(filter, new HeldPageRequest(After: after), cancel);
            if (page.Items.Count > 0)
            {
                IReadOnlyList<HopOutcome> outcomes = await store.Held.ActAsync(
                    [.. page.Items.Select(element => ToDrop(element, actor))], cancel);
                dropped += outcomes.Count(outcome => outcome.Status == HopStatus.Applied);
            }

            after = page.Next;
        }
        while (after is not null);
        return dropped;
    }

    private protected async Task<bool> AmendAsync(
        ElementId element, Func<ReadOnlyMemory<byte>, byte[]> change, Actor actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await tables.DeclareAsync(cancel);
        while (true)
        {
            ElementDetails? held = await store.Directory.FindAsync(ElementRef.Of(element), cancel);
            if (held?.Summary.State != ElementState.Held || held.Summary.Node != Queue)
                return false;
            byte[] data = DataLimit.Checked(change(held.Data), Site.Options, $"element {element}");
            object typed = Site.Codecs.For(Node.Definition.Node.DataType).ReadObject(data);
            Amendment amendment = new()
            {
                Key = held.Key,
                Id = element,
                Hop = held.Summary.Hop,
                Revision = held.Revision,
                Data = data,
                Slot = SiteDefinition.SlotFor(Node, typed),
                Facts = FactsWriter.OfAmendment(Node, typed),
                Detail = actor.ToDetail(),
            };
            if ((await store.Held.AmendAsync([amendment], cancel))[0])
                return true;
        }
    }

    private Hop ToDrop(HeldElement element, Actor actor) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Revision = element.Revision,
        Node = Queue,
        To = new Destination.End(Ending.Dropped, default, actor.Reason ?? $"dropped by {actor.Name}"),
        Kind = JournalKind.Dropped,
        Data = default,
        Detail = actor.ToDetail(),
        Caller = element.Caller,
        PastCancel = Site.PastCancel,
    };
}

/// <summary>As <see cref="HeldDesk"/>, with the queue's data type known.</summary>
/// <typeparam name="TData">The data of what is held.</typeparam>
public sealed class HeldDesk<TData> : HeldDesk
{
    internal HeldDesk(HeldDesks desks, PlacedNode node)
        : base(desks, node)
    {
    }

    /// <summary>
    /// A filter, written as a condition on the members that the columns are taken from:
    /// <c>s => s.Zone == "A" &amp;&amp; s.WeightGrams >= 500</c>. It can join comparisons with <c>&amp;&amp;</c>,
    /// compare with null, and name truth values as they are.
    /// </summary>
    /// <param name="condition">The condition; what it compares with is read once, now.</param>
    /// <exception cref="ArgumentException">A part of it is no comparison of a declared column.</exception>
    public HeldFilter Where(Expression<Func<TData, bool>> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new HeldFilter { Where = ConditionExpressions.Conditions(condition, Hold.Columns) };
    }

    /// <summary>The name of a column, to group, measure and sort by.</summary>
    /// <param name="column">What the column is taken from.</param>
    /// <exception cref="ArgumentException">It is not taken for a declared column.</exception>
    public string Column(Expression<Func<TData, object?>> column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return ConditionExpressions.Column(column.Body, column.Parameters[0], Hold.Columns)?.Name
            ?? throw new ArgumentException($"No column of {Queue} is taken from \"{column}\".", nameof(column));
    }

    /// <inheritdoc cref="HeldDesk.AmendAsync(ElementId, string, Actor, CancellationToken)"/>
    /// <param name="element">Which.</param>
    /// <param name="change">Makes the new data; called again when the element was changed meanwhile.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<bool> AmendAsync(
        ElementId element, Func<TData, TData> change, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        JsonCodec<TData> codec = Site.Codecs.For<TData>();
        return AmendAsync(
            element,
            data => codec.Rewrite(
                change(codec.Read(data.Span, out bool hasUnknownMembers))!, data, hasUnknownMembers),
            actor,
            cancel);
    }
}

/// <summary>What all desks of a site share.</summary>
internal sealed record HeldDesks(
    SiteDefinition Site, ISiteStore Store, TimeProvider Time, BatchBuilder Batches, HeldTables Tables);
