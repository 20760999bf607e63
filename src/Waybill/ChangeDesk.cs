using Waybill.Definition;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// Asks for changes of elements in flight, and reads the ledger of what became of them. What waits changes at once,
/// also while no worker runs; what is being run changes at its next hop. Thread-safe.
/// </summary>
public sealed class ChangeDesk
{
    private readonly SiteDefinition site;
    private readonly ISiteStore store;
    private readonly TimeProvider time;
    private readonly EndingWatch endings;
    private readonly Func<ElementId> newId;
    private readonly ChangeResolver resolver;

    internal ChangeDesk(
        SiteDefinition site, ISiteStore store, TimeProvider time, EndingWatch endings, Func<ElementId> newId)
    {
        this.site = site;
        this.store = store;
        this.time = time;
        this.endings = endings;
        this.newId = newId;
        resolver = new ChangeResolver(site, store, endings);
    }

    /// <summary>
    /// Asks for a change and does not wait for it: durable when the task completes. It reaches the element, and all
    /// that it called and its batches' members, wherever they go, and has one outcome at each that is concerned; at the
    /// latest, when the element ends, it is too late.
    /// </summary>
    /// <remarks>
    /// Who is concerned, and from where it is too late for what waits, is said by the workflows of this site as this
    /// process defines them: elements of versions that only newer processes know have no outcome. Upgrade the
    /// processes that ask for changes no later than those that run the work.
    /// </remarks>
    /// <param name="element">Which.</param>
    /// <param name="change">What kind of change; a workflow of this site declares it.</param>
    /// <param name="payload">What is asked for.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="id">
    /// The request's id, to repeat one of which nobody knows whether it was taken in. Default: a new one.
    /// </param>
    /// <param name="cancel">Stops waiting; the request may be taken in all the same.</param>
    /// <typeparam name="TChange">What is asked for.</typeparam>
    public Task<ChangeTicket> RequestAsync<TChange>(
        ElementRef element, Change<TChange> change, TChange payload, Actor actor, ChangeId? id = null,
        CancellationToken cancel = default) =>
        RequestAsync(element, change, payload, actor, id, null, cancel);

    /// <summary>
    /// Asks for a change and waits for what becomes of it. What has not reached its element when time is up is
    /// withdrawn, and will not be applied afterwards; not even when this process dies meanwhile.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="change">What kind of change; a workflow of this site declares it.</param>
    /// <param name="payload">What is asked for.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="bound">How long to wait at the most.</param>
    /// <param name="cancel">Stops waiting; the request still ends when its time is up.</param>
    /// <typeparam name="TChange">What is asked for.</typeparam>
    public async Task<ChangeResult> ApplyAsync<TChange>(
        ElementRef element, Change<TChange> change, TChange payload, Actor actor, TimeSpan bound,
        CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(bound, TimeSpan.Zero);
        long begun = time.GetTimestamp();
        ChangeTicket ticket = await RequestAsync(element, change, payload, actor, null, bound, cancel);
        return await OutcomeAsync(ticket, begun, bound, cancel);
    }

    /// <summary>
    /// Asks for a change by its name, for those who do not know its type. The payload is read strictly: unknown,
    /// doubled and missing members are refused. It does not wait, and reaches the element as any other request.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="change">The name of a change that a workflow of this site declares.</param>
    /// <param name="utf8Json">What is asked for, UTF-8 JSON.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="id">The request's id, to repeat one; default: a new one.</param>
    /// <param name="cancel">Stops waiting; the request may be taken in all the same.</param>
    /// <exception cref="ArgumentException">No workflow declares such a change.</exception>
    /// <exception cref="InputException">The payload cannot be read as what the change asks for.</exception>
    public Task<ChangeTicket> RequestJsonAsync(
        ElementRef element, string change, ReadOnlyMemory<byte> utf8Json, Actor actor, ChangeId? id = null,
        CancellationToken cancel = default) =>
        RequestAsync(element, change, Read(change, utf8Json), actor, id, null, cancel);

    /// <summary>
    /// Asks for a change by its name and waits for what becomes of it: <see cref="RequestJsonAsync"/> and
    /// <c>ApplyAsync</c> in one.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="change">The name of a change that a workflow of this site declares.</param>
    /// <param name="utf8Json">What is asked for, UTF-8 JSON.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="bound">How long to wait at the most.</param>
    /// <param name="id">The request's id, to repeat one; default: a new one.</param>
    /// <param name="cancel">Stops waiting; the request still ends when its time is up.</param>
    /// <exception cref="ArgumentException">No workflow declares such a change.</exception>
    /// <exception cref="InputException">The payload cannot be read as what the change asks for.</exception>
    public async Task<ChangeResult> ApplyJsonAsync(
        ElementRef element, string change, ReadOnlyMemory<byte> utf8Json, Actor actor, TimeSpan bound,
        ChangeId? id = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(bound, TimeSpan.Zero);
        long begun = time.GetTimestamp();
        ChangeTicket ticket = await RequestAsync(
            element, change, Read(change, utf8Json), actor, id, bound, cancel);
        return await OutcomeAsync(ticket, begun, bound, cancel);
    }

    /// <summary>
    /// Takes a request back, in one transaction: wherever it is still pending it becomes <see
    /// cref="ChangeOutcome.CouldNotReach"/> and will not be applied any more.
    /// </summary>
    /// <remarks>
    /// A cancel stays: it has taken what waits out of its wait, its queue or its batch as soon as it was asked for, and
    /// that cannot be undone for a family at once.
    /// </remarks>
    /// <param name="change">The request.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The request as it stands now, a cancel with what is pending of it; null when there is none.</returns>
    public Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel = default) =>
        store.Changes.WithdrawAsync(change, cancel);

    /// <inheritdoc cref="IChangeStore.FindAsync"/>
    public Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel = default) =>
        store.Changes.FindAsync(change, cancel);

    /// <inheritdoc cref="IChangeStore.ListAsync"/>
    public Task<Page<ChangeRecord>> ListAsync(
        ChangeFilter filter, PageRequest? page = null, CancellationToken cancel = default) =>
        store.Changes.ListAsync(filter, page ?? new PageRequest(), cancel);

    /// <inheritdoc cref="IChangeStore.CountAsync"/>
    public Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(
        ChangeFilter filter, CancellationToken cancel = default) =>
        store.Changes.CountAsync(filter, cancel);

    /// <summary>
    /// Looks once whether a request has come to its end; withdraws what is pending when time is up. Null: it goes on.
    /// </summary>
    internal async Task<ChangeResult?> LookOnceAsync(ChangeId change, bool isTimeUp, CancellationToken cancel)
    {
        ChangeRecord? record = await store.Changes.FindAsync(change, cancel);
        // No outcome yet is no end: what is concerned may only be called later.
        if (record is { HasEnded: true, Outcomes.Count: > 0 })
            return ChangeResult.Of(record);
        return isTimeUp ? ChangeResult.Of(await store.Changes.WithdrawAsync(change, cancel)) : null;
    }

    /// <summary>Asks for a cancel, in the ledger like any other change.</summary>
    internal async Task<CancelOutcome> CancelAsync(ElementRef element, Actor actor, CancellationToken cancel)
    {
        NewChange request = new()
        {
            Id = new ChangeId(newId().Value),
            Type = NewChange.CancelType,
            Target = element,
            Payload = "{}"u8.ToArray(),
            Actor = actor,
            Concerned = [.. site.Workflows.SelectMany(VersionsOf).Distinct()],
            PastReturn = site.PastCancel,
        };
        ChangeReceipt receipt = await store.Changes.RequestAsync(request, cancel);
        if (receipt.Status == ChangeReceiptStatus.NotFound)
            return CancelOutcome.NotFound;
        ChangeRecord? record = await store.Changes.FindAsync(request.Id, cancel);
        ChangeOutcome? outcome = record?.Outcomes.FirstOrDefault(o => o.Element == receipt.Element)?.Outcome;
        return outcome == ChangeOutcome.TooLate ? CancelOutcome.TooLate : CancelOutcome.Requested;
    }

    /// <summary>Asks for a change, to be withdrawn where it is pending when its bound has passed.</summary>
    internal async Task<ChangeTicket> RequestAsync<TChange>(
        ElementRef element, Change<TChange> change, TChange payload, Actor actor, ChangeId? id, TimeSpan? bound,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(payload);
        return await RequestAsync(
            element, change.Name, site.Codecs.For<TChange>().Write(payload), actor, id, bound, cancel);
    }

    private async Task<ChangeTicket> RequestAsync(
        ElementRef element, string change, byte[] payload, Actor actor, ChangeId? id, TimeSpan? bound,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        Workflow[] concerned = DeclaringWorkflows(change);
        NewChange request = new()
        {
            Id = id ?? new ChangeId(newId().Value),
            Type = change,
            Target = element,
            Payload = DataLimit.Checked(payload, site.Options, $"change {change} of {element}"),
            Actor = actor,
            Spreads = !await IsDecidedByAsync(element, change, cancel),
            Concerned = [.. concerned.SelectMany(VersionsOf).Distinct()],
            PastReturn = [.. site.Nodes.Where(n => IsPastReturn(n, change)).Select(node => node.Address)],
            Bound = bound,
        };
        ChangeReceipt receipt = await store.Changes.RequestAsync(request, cancel);
        if (receipt.Status == ChangeReceiptStatus.Taken)
            await ResolveAsync(request.Id, cancel);
        return new ChangeTicket(request.Id, receipt.Status, receipt.Element);
    }

    /// <summary>Waits for what becomes of a request; withdraws it when its time is up.</summary>
    private async Task<ChangeResult> OutcomeAsync(
        ChangeTicket ticket, long begun, TimeSpan bound, CancellationToken cancel)
    {
        if (ticket.Status == ChangeReceiptStatus.NotFound)
            return ChangeResult.Of(null);
        try
        {
            while (true)
            {
                Task changed = endings.OutcomeAsync(ticket.Id);
                TimeSpan left = bound - time.GetElapsedTime(begun);
                if (await LookOnceAsync(ticket.Id, isTimeUp: left <= TimeSpan.Zero, cancel) is { } result)
                    return result;
                TimeSpan pause = left < site.Options.PollInterval ? left : site.Options.PollInterval;
                // Time wakes it as an outcome does: one task to wait for, and a needless look is harmless.
                await using (time.CreateTimer(_ => endings.Ended(ticket.Id), null, pause, Timeout.InfiniteTimeSpan))
                    await changed.WaitAsync(cancel);
                await ResolveAsync(ticket.Id, cancel);
            }
        }
        finally
        {
            endings.Ended(ticket.Id);
        }
    }

    private Workflow[] DeclaringWorkflows(string change)
    {
        Workflow[] declaring = [.. site.Workflows.Where(w => w.Parts.Changes.Any(c => c.Type == change))];
        return declaring.Length > 0
            ? declaring
            : throw new ArgumentException($"No workflow of this site declares change \"{change}\".", nameof(change));
    }

    /// <summary>What a client sent for a change, as it is stored.</summary>
    private byte[] Read(string change, ReadOnlyMemory<byte> utf8Json)
    {
        Type type = DeclaringWorkflows(change)[0].Parts.Changes.First(c => c.Type == change).PayloadType;
        object payload = site.Codecs.Input.Read(type, utf8Json.Span, $"payload of change \"{change}\"");
        return site.Codecs.For(type).Write(payload);
    }

    /// <summary>Answers it here and now wherever it waits; the rest is left to the workers' passes.</summary>
    private async Task ResolveAsync(ChangeId change, CancellationToken cancel)
    {
        try
        {
            await resolver.ResolveAllAsync(change, cancel);
        }
        catch (Exception error) when (error is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            // The request itself is durable, and its caller must get to know that.
        }
    }

    /// <summary>Whether the element's workflow decides itself to whom the change goes on.</summary>
    private async Task<bool> IsDecidedByAsync(ElementRef element, string type, CancellationToken cancel) =>
        await store.Directory.FindAsync(element, cancel) is { } found
        && site.Find(found.Summary.Node)?.Workflow.Parts.Changes.Any(c => c.Type == type && c.IsDecided) == true;

    private static bool IsPastReturn(PlacedNode node, string type) =>
        node.Change(type)?.IsPastReturn(node.Definition.Node) == true;

    /// <summary>The workflow, and the versions whose elements it takes over.</summary>
    private static IEnumerable<string> VersionsOf(Workflow workflow) => workflow.Parts.Upgrades
        .Select(upgrade => $"{workflow.Name}:{upgrade.FromVersion}")
        .Append(workflow.ToString());
}
