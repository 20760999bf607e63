using System.Text.Json.Nodes;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Sealing;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// What a person can do with elements whose retries ran out: look, retry, edit and retry, drop; one, or all that match.
/// Every act is journalled with its actor. Thread-safe.
/// </summary>
/// <remarks>
/// Acts on all that match go through them in pages, each page one transaction, and only take elements that were
/// sidelined before the act began; one that is sidelined again meanwhile is left for the next act.
/// </remarks>
public sealed class SidelinedDesk
{
    private readonly SiteDefinition site;
    private readonly ISiteStore whole;
    private readonly ISidelinedStore store;
    private readonly DeskActs acts;

    internal SidelinedDesk(SiteDefinition site, ISiteStore store)
    {
        this.site = site;
        acts = new DeskActs(site);
        whole = store;
        this.store = store.Sidelined;
    }

    /// <inheritdoc cref="ISidelinedStore.ListAsync"/>
    public Task<Page<SidelinedElement>> ListAsync(
        SidelinedFilter filter, PageRequest? page = null, CancellationToken cancel = default) =>
        store.ListAsync(filter, page ?? new PageRequest(), cancel);

    /// <inheritdoc cref="ISidelinedStore.CountAsync"/>
    public Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel = default) =>
        store.CountAsync(filter, cancel);

    /// <inheritdoc cref="ISidelinedStore.GroupAsync"/>
    public Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel = default) =>
        store.GroupAsync(filter, cancel);

    /// <summary>
    /// Sends elements to their nodes again, with fresh retries and the same idempotency keys: what a run did outside
    /// before it failed is still recognised.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many went.</returns>
    public Task<int> RetryAsync(SidelinedFilter filter, Actor actor, CancellationToken cancel = default) =>
        ActAsync(filter, element => ToRetry(element, element.Data, actor, wasEdited: false), cancel);

    /// <summary>
    /// Changes the data of elements and sends them to their nodes again, with new idempotency keys: an outside system
    /// sees a new request.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="mergePatch">A JSON merge patch (RFC 7396), for example <c>{"card":"4111…"}</c>.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many went.</returns>
    /// <exception cref="ArgumentException">The patch is not a JSON object.</exception>
    /// <exception cref="RouteException">
    /// Patched data would no longer be readable at its node, or be too large. That page and the ones after it are
    /// unchanged.
    /// </exception>
    public Task<int> EditAndRetryAsync(
        SidelinedFilter filter, string mergePatch, Actor actor, CancellationToken cancel = default)
    {
        JsonObject patch = MergePatch.Parse(mergePatch);
        return ActAsync(
            filter,
            element => ToRetry(element, Edited(element, patch), actor, wasEdited: true),
            cancel);
    }

    /// <summary>Ends elements without a result. A caller gets <see cref="Ending.Dropped"/> as its reply.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="actor">Who, and why; the reason goes to the ticket or the caller.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many were dropped.</returns>
    public Task<int> DropAsync(SidelinedFilter filter, Actor actor, CancellationToken cancel = default) =>
        ActAsync(filter, element => ToDrop(element, actor), cancel);

    private async Task<int> ActAsync(SidelinedFilter filter, Func<SidelinedElement, Hop> act, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DateTimeOffset end = (await whole.NowAsync(cancel)).AddMicroseconds(1);
        if (filter.SidelinedBefore is null || filter.SidelinedBefore > end)
            filter = filter with { SidelinedBefore = end };
        int done = 0;
        long? after = null;
        do
        {
            Page<SidelinedElement> page = await store.ListAsync(filter, new PageRequest(After: after), cancel);
            done += await acts.CarryOutAsync(
                [.. page.Items.Select(act)], hops => store.ActAsync(hops, cancel));

            after = page.Next;
        }
        while (after is not null);
        return done;
    }

    private Hop ToRetry(SidelinedElement element, ReadOnlyMemory<byte> data, Actor actor, bool wasEdited) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Revision = element.Revision,
        Node = element.Node,
        To = new Destination.Enqueue(site.Find(element.Node) is { } node
            ? site.SlotFor(node, data)
            : new QueueSlot(element.Node, OrderKey: element.OrderKey)),
        Kind = JournalKind.Resumed,
        Data = data,
        Arrives = wasEdited,
        Failure = element.BroughtFailure,
        // One that was asked to cancel and kept its replies can only carry that out when it runs again.
        Cancel = CancelStance.Passes,
        Detail = actor.ToDetail(wasEdited),
    };

    private Hop ToDrop(SidelinedElement element, Actor actor) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Revision = element.Revision,
        Node = element.Node,
        To = new Destination.End(Ending.Dropped, default, actor.Reason ?? $"dropped by {actor.Name}"),
        Kind = JournalKind.Dropped,
        Data = element.Data,
        Detail = actor.ToDetail(),
        Caller = element.Caller,
        PastCancel = site.PastCancel,
    };

    private byte[] Edited(SidelinedElement element, JsonObject patch)
    {
        byte[] edited;
        if (site.Find(element.Node) is { } node)
        {
            JsonCodec codec = site.Codecs.For(node.Definition.Node.DataType);
            edited = codec.Edit(element.Data, plain => MergePatch.Apply(plain, patch));
            codec.ReadObject(edited);
        }
        else if (SealedText.IsIn(element.Data.Span))
        {
            throw new RouteException(
                "waybill.data-unreadable",
                $"Element {element.Id} has encrypted members, and this process does not know \"{element.Node}\" and "
                + "which they are. Edit it where its workflow is defined.");
        }
        else
        {
            edited = MergePatch.Apply(element.Data, patch);
        }

        return DataLimit.Checked(edited, site.Options, $"element {element.Id}");
    }
}
