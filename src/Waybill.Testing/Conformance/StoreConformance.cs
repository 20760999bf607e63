using System.Text;
using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>
/// What the classes of the conformance suite share: an empty store for each test, a few nodes, and short words for what
/// tests do. A store author derives each class with one line, which says how a fixture is made.
/// </summary>
public abstract class StoreConformance : IAsyncLifetime
{
    private protected static readonly NodeAddress Authorise = new("orders", 1, "authorise");
    private protected static readonly NodeAddress Source = new("orders", 1, "source");
    private protected static readonly NodeAddress Ship = new("orders", 1, "ship");
    private protected static readonly NodeAddress Charge = new("payments", 1, "charge");

    private protected static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private protected static readonly TimeSpan Lease = TimeSpan.FromHours(3);

    private StoreFixture? fixture;
    private int lastId;

    /// <summary>Whether several processes can use one database at the same time.</summary>
    protected virtual bool SupportsSeveralProcesses => true;

    private protected StoreFixture Fixture => fixture!;

    private protected ISiteStore Store => Fixture.Store;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes the store for one test.</summary>
    protected abstract Task<StoreFixture> CreateAsync();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => fixture = await CreateAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (fixture is not null)
            await fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Equal but for what a test takes on a store whose clock goes on by itself.</summary>
    private protected static void AssertNear(DateTimeOffset expected, DateTimeOffset actual) =>
        Assert.InRange(actual, expected - (Hour / 6), expected + (Hour / 6));

    private protected static void AssertNear(TimeSpan expected, TimeSpan actual) =>
        Assert.InRange(actual, expected - (Hour / 6), expected + (Hour / 6));

    private protected static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private protected ElementId NewId() => new(new Guid(++lastId, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1));

    /// <summary>An element that does not exist yet, with a key of its own unless one is given.</summary>
    private protected NewElement New(
        string? key = null, NodeAddress? at = null, string? line = null, int rank = 0, string data = "{}")
    {
        ElementId id = NewId();
        return new NewElement(id, new QueueSlot(at ?? Authorise, rank, line), key ?? $"order-{lastId}", Json(data));
    }

    private protected async Task<WorkerEpoch> RegisterAsync(string name = "worker") =>
        await Store.Workers.RegisterAsync(name, Lease, Cancel);

    private protected async Task<IReadOnlyList<Acceptance>> AcceptAsync(params NewElement[] elements) =>
        await Store.Elements.AcceptAsync(elements, Cancel);

    private protected async Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch worker, NodeAddress? node = null, int max = 100) =>
        await Store.Elements.ClaimAsync(worker, [new ClaimRequest(node ?? Authorise, max)], Cancel);

    private protected async Task<ClaimedElement> ClaimOneAsync(WorkerEpoch worker, NodeAddress? node = null) =>
        Assert.Single(await ClaimAsync(worker, node));

    /// <summary>Accepts elements and claims them, all at once.</summary>
    private protected async Task<IReadOnlyList<ClaimedElement>> StartAsync(
        WorkerEpoch worker, params NewElement[] elements)
    {
        await AcceptAsync(elements);
        List<ClaimedElement> claimed = [];
        foreach (NodeAddress node in elements.Select(element => element.Slot.Node).Distinct())
            claimed.AddRange(await ClaimAsync(worker, node));
        return [.. elements.Select(element => claimed.Single(started => started.Id == element.Id))];
    }

    private protected async Task<ClaimedElement> StartOneAsync(WorkerEpoch worker, NewElement? element = null) =>
        (await StartAsync(worker, element ?? New()))[0];

    private protected async Task<IReadOnlyList<HopStatus>> CommitAsync(WorkerEpoch worker, params Hop[] hops) =>
        [.. (await Store.Elements.CommitAsync(worker, hops, Cancel)).Select(outcome => outcome.Status)];

    /// <summary>Commits hops that must all be applied.</summary>
    private protected async Task ApplyAsync(WorkerEpoch worker, params Hop[] hops) =>
        Assert.All(await CommitAsync(worker, hops), status => Assert.Equal(HopStatus.Applied, status));

    private protected async Task<HopStatus> ActAsync(Hop hop) =>
        Assert.Single(await Store.Sidelined.ActAsync([hop], Cancel)).Status;

    private protected async Task<bool> SignalAsync(ElementId target, string name, string payload = "{}") =>
        Assert.Single(await Store.Elements.SignalAsync(
            [new SignalDelivery(ElementRef.Of(target), name, Json(payload))], Cancel));

    private protected async Task<CancelOutcome> RequestCancelAsync(ElementId target, string? detail = null) =>
        Assert.Single(await Store.Elements.CancelAsync([new CancelRequest(ElementRef.Of(target), detail)], Cancel));

    private protected async Task<ElementDetails> FindAsync(ElementId id)
    {
        ElementDetails? found = await Store.Directory.FindAsync(ElementRef.Of(id), Cancel);
        Assert.NotNull(found);
        return found;
    }

    private protected async Task<ElementState> StateAsync(ElementId id) => (await FindAsync(id)).Summary.State;

    private protected async Task<bool> IsInFlightAsync(ElementId id) =>
        await Store.Directory.FindAsync(ElementRef.Of(id), Cancel) is not null;

    private protected async Task<SidelinedElement> FindSidelinedAsync(ElementId id) =>
        Assert.Single((await Store.Sidelined.ListAsync(
            new SidelinedFilter { Id = id }, new PageRequest(), Cancel)).Items);

    private protected async Task<IReadOnlyList<JournalEntry>> HistoryAsync(ElementId id) =>
        (await Store.Journal.HistoryAsync(new(id), new(1000), Cancel)).Items;

    private protected async Task<IReadOnlyList<JournalKind>> KindsAsync(ElementId id) =>
        [.. (await HistoryAsync(id)).Select(entry => entry.Kind)];

    /// <summary>What the store tells about arrivals while something is done.</summary>
    private protected async Task<IReadOnlyList<NodeAddress>> ArrivalsAsync(Func<Task> act)
    {
        List<NodeAddress> arrivals = [];
        void Note(NodeAddress node)
        {
            lock (arrivals)
                arrivals.Add(node);
        }

        Store.Arrived += Note;
        await act();
        Store.Arrived -= Note;
        lock (arrivals)
            return [.. arrivals];
    }
}
