using System.Diagnostics;
using System.Text.Json.Nodes;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// What clients of a site can do: submit, look, wait, cancel, signal. Needs the site's store and definitions, not a
/// running worker. Thread-safe; one per process is enough.
/// </summary>
public sealed class SiteClient
{
    private readonly SiteDefinition site;
    private readonly TimeProvider time;
    private readonly Intake intake;
    private readonly EndingWatch endings;
    private readonly Func<ElementId> newId;
    private readonly HeldDesks desks;

    internal SiteClient(
        SiteDefinition site, ISiteStore store, TimeProvider time, EndingWatch endings, Func<ElementId> newId)
    {
        this.newId = newId;
        this.site = site;
        this.time = time;
        this.endings = endings;
        Store = store;
        Commits = new CommitWatch(store, time);
        intake = new Intake(store.Elements, Commits);
        Sidelined = new SidelinedDesk(site, store);
        Changes = new ChangeDesk(site, store, time, endings, newId);
        Controls = new NodeControlDesk(site, store);
        Secrets = new SecretDesk(site.Codecs);
        desks = new HeldDesks(site, store, time, new BatchBuilder(site, newId), new HeldTables(site, store));
    }

    /// <summary>
    /// Raised after this process committed an element's ending. A hint to look: it can be repeated or needless, says
    /// nothing of endings in other processes, and handlers must return at once.
    /// </summary>
    public event Action<ElementId>? Ended
    {
        add => endings.Told += value;
        remove => endings.Told -= value;
    }

    /// <summary>The site's store, for looking at elements, tickets, workers and the journal.</summary>
    public ISiteStore Store { get; }

    /// <summary>Whether the store takes what this process commits.</summary>
    public CommitWatch Commits { get; }

    /// <summary>What a person can do with elements whose retries ran out.</summary>
    public SidelinedDesk Sidelined { get; }

    /// <summary>Changes of elements in flight, and the ledger of what became of them.</summary>
    public ChangeDesk Changes { get; }

    /// <summary>What operators can do with nodes: pause, resume, limit.</summary>
    public NodeControlDesk Controls { get; }

    /// <summary>Shows what is kept encrypted, masked or as it is.</summary>
    public SecretDesk Secrets { get; }

    /// <summary>The site's workflows, all versions, in the order in which they were added.</summary>
    public IReadOnlyList<Workflow> Workflows => site.Workflows;

    /// <summary>What goes into a workflow, as JSON schema: what <see cref="SubmitJsonAsync"/> reads.</summary>
    /// <param name="workflow">A workflow that this site defines.</param>
    public JsonNode InputSchema(Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return site.Codecs.Input.SchemaOf(site.StartOf(workflow).Workflow.InputType);
    }

    /// <summary>All nodes of the site's workflows.</summary>
    public IReadOnlyList<NodeOutline> Nodes =>
    [
        .. site.Nodes.Where(node => !node.IsUpgrade).Select(node => new NodeOutline(
            node.Address, node.Definition.Purpose, node.Definition.ConcurrencyMax)),
    ];

    /// <summary>
    /// Submits an element: durable when the task completes. A second submission with the same workflow name and
    /// business key changes nothing and gets the first one's ticket. Concurrent calls share commits.
    /// </summary>
    /// <param name="workflow">A workflow that this site defines.</param>
    /// <param name="businessKey">1 to 200 characters, no control characters, no white space at either end.</param>
    /// <param name="input">What goes in.</param>
    /// <param name="cancel">Stops waiting; the element may be accepted all the same.</param>
    /// <typeparam name="TIn">What goes in.</typeparam>
    /// <typeparam name="TOut">What comes out.</typeparam>
    public async Task<Ticket<TOut>> SubmitAsync<TIn, TOut>(
        Workflow<TIn, TOut> workflow, string businessKey, TIn input, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(input);
        string key = Names.CheckedBusinessKey(businessKey);
        Acceptance acceptance = await SubmitAsync(site.StartOf(workflow), key, input, null, cancel);
        return new Ticket<TOut>(acceptance.Id, workflow.Name, key, acceptance.IsNew);
    }

    /// <summary>
    /// Submits an element to the newest version of a workflow, for those who do not know its types. The input is read
    /// strictly: unknown, doubled and missing members are refused; else as <see cref="SubmitAsync{TIn, TOut}"/>.
    /// </summary>
    /// <param name="workflow">The name of a workflow that this site defines.</param>
    /// <param name="businessKey">1 to 200 characters, no control characters, no white space at either end.</param>
    /// <param name="utf8Json">What goes in, UTF-8 JSON.</param>
    /// <param name="id">
    /// The element's id, to write something about it before it is there, or to repeat a submission of which nobody
    /// knows whether it was taken in. Never one of another workflow or key. Default: a new one.
    /// </param>
    /// <param name="cancel">Stops waiting; the element may be accepted all the same.</param>
    /// <exception cref="ArgumentException">The name or the key cannot be used.</exception>
    /// <exception cref="InputException">The input cannot be read as what the workflow takes in.</exception>
    /// <exception cref="RouteException">The input is too large, or a queue cannot hold it.</exception>
    public async Task<Ticket> SubmitJsonAsync(
        string workflow, string businessKey, ReadOnlyMemory<byte> utf8Json, ElementId? id = null,
        CancellationToken cancel = default)
    {
        string key = Names.CheckedBusinessKey(businessKey);
        Workflow newest = Workflows.Where(known => known.Name == workflow).MaxBy(known => known.Version)
            ?? throw new ArgumentException(
                $"This site defines no workflow \"{workflow}\". It defines: "
                + $"{string.Join(", ", Workflows.Select(known => known.Name).Distinct().Order())}.",
                nameof(workflow));
        object input = site.Codecs.Input.Read(newest.InputType, utf8Json.Span, $"input of workflow \"{workflow}\"");
        CheckPlace(site.StartOf(newest), input);
        Acceptance acceptance = await SubmitAsync(site.StartOf(newest), key, input, id, cancel);
        return new Ticket(acceptance.Id, newest.Name, newest.Version, key, acceptance.IsNew);
    }

    /// <summary>The ticket of a submitted element; null when there is none (any more).</summary>
    /// <param name="workflow">A workflow of that name.</param>
    /// <param name="businessKey">The key that it was submitted with.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <typeparam name="TIn">What goes in.</typeparam>
    /// <typeparam name="TOut">What comes out.</typeparam>
    public async Task<TicketStatus<TOut>?> StatusAsync<TIn, TOut>(
        Workflow<TIn, TOut> workflow, string businessKey, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        TicketRecord? ticket = await Store.Tickets.FindAsync(ElementRef.Of(workflow.Name, businessKey), cancel);
        return ticket is null ? null : ToStatus<TOut>(ticket);
    }

    /// <summary>
    /// Waits until a submitted element has ended. Told at once of endings in this process; looks every
    /// <see cref="SiteOptions.PollInterval"/> for those of others.
    /// </summary>
    /// <param name="ticket">The receipt.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <typeparam name="TOut">The workflow's result type.</typeparam>
    /// <exception cref="KeyNotFoundException">The ticket was purged.</exception>
    public async Task<TicketStatus<TOut>> WaitAsync<TOut>(Ticket<TOut> ticket, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        try
        {
            while (true)
            {
                Task ended = endings.EndingAsync(ticket.Id);
                TicketRecord record = await Store.Tickets.FindAsync(ElementRef.Of(ticket.Id), cancel)
                    ?? throw new KeyNotFoundException($"Element {ticket.Id} has no ticket (any more).");
                if (record.Ending is not null)
                    return ToStatus<TOut>(record);
                await Task.WhenAny(ended, Task.Delay(site.Options.PollInterval, time, cancel));
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            endings.Ended(ticket.Id);
        }
    }

    /// <summary>
    /// Asks an element, and all that it called, to cancel. It takes effect at each one's next hop, unless that ends it
    /// anyway, or it is past the point of no return; the ticket then tells how it ended, and the ledger (<see
    /// cref="Changes"/>, type <see cref="NewChange.CancelType"/>) what became of the request.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<CancelOutcome> CancelAsync(ElementRef element, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return await Changes.CancelAsync(element, actor, cancel);
    }

    /// <summary>Sends a signal to an element in flight. It is kept until the element waits for it or ends.</summary>
    /// <param name="element">Which.</param>
    /// <param name="signal">Which signal.</param>
    /// <param name="payload">What it brings.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <typeparam name="TPayload">What it brings.</typeparam>
    /// <returns>Whether the element is in flight.</returns>
    public async Task<bool> SignalAsync<TPayload>(
        ElementRef element, Signal<TPayload> signal, TPayload payload, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        ArgumentNullException.ThrowIfNull(payload);
        byte[] json = DataLimit.Checked(
            site.Codecs.For<TPayload>().Write(payload), site.Options, $"signal {signal} to {element}");
        return (await Store.Elements.SignalAsync([new SignalDelivery(element, signal.Name, json)], cancel))[0];
    }

    /// <summary>An aggregation queue, to look at what it holds, release, amend and drop.</summary>
    /// <param name="workflow">The workflow that it belongs to.</param>
    /// <param name="node">The queue's node.</param>
    /// <typeparam name="TData">The data of what is held.</typeparam>
    /// <exception cref="ArgumentException">The workflow holds nothing there.</exception>
    public HeldDesk<TData> Held<TData>(Workflow workflow, Node<TData> node)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(node);
        return (HeldDesk<TData>)Held(new NodeAddress(workflow.Name, workflow.Version, node.Name));
    }

    /// <summary>An aggregation queue by its address, for those who do not know its data type.</summary>
    /// <param name="queue">The queue's node.</param>
    /// <exception cref="ArgumentException">There is no such aggregation queue.</exception>
    public HeldDesk Held(NodeAddress queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return site.Find(queue) is { Definition.Hold: { } hold } node
            ? hold.BuildDesk(desks, node)
            : throw new ArgumentException($"{queue} is no aggregation queue of this site.", nameof(queue));
    }

    /// <summary>The addresses of the site's aggregation queues.</summary>
    public IReadOnlyList<NodeAddress> HeldQueues =>
        [.. site.Nodes.Where(node => node.Definition.Hold is not null).Select(node => node.Address)];

    /// <summary>
    /// The site's workflows as text: every node with its purpose, exits, limits, and what happens when it fails.
    /// </summary>
    public string DescribePipeline() => PipelineText.Of(site);

    // What a workflow makes of its input, to find its place, has never seen input of just any client.
    private static void CheckPlace(PlacedNode start, object input)
    {
        try
        {
            SiteDefinition.SlotFor(start, input);
        }
        catch (Exception error) when (error is not RouteException)
        {
            throw new InputException($"The input has no place at {start.Address}: {error.Message}", null);
        }
    }

    private async Task<Acceptance> SubmitAsync(
        PlacedNode start, string key, object input, ElementId? id, CancellationToken cancel)
    {
        if (start.Definition.Hold is not null)
            await desks.Tables.DeclareAsync(cancel);
        byte[] data = DataLimit.Checked(
            site.Codecs.For(start.Workflow.InputType).Write(input), site.Options, $"{start.Workflow} \"{key}\"");
        QueueSlot slot = SiteDefinition.SlotFor(start, input);
        using Activity? activity = Tracing.Submit(start.Workflow.Name, key);
        NewElement element = new(id ?? newId(), slot, key, data, FactsWriter.OfAcceptance(start, input, slot))
        {
            Trace = Tracing.Current,
        };
        return await intake.AcceptAsync(element, cancel);
    }

    private TicketStatus<TOut> ToStatus<TOut>(TicketRecord ticket) => new(
        ticket.Ending,
        ticket.Ending == Ending.Finished ? site.Codecs.For<TOut>().Read(ticket.Result.Span, out _) : default,
        ticket.Reason,
        ticket.AcceptedAt,
        ticket.EndedAt);
}
