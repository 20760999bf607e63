using System.Text;
using Waybill.Postgres;

namespace Waybill.Stores.Tests;

/// <summary>Change requests of several processes at one PostgreSQL site, at the same moment.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresChangeTests(SharedPostgres shared) : IAsyncLifetime
{
    private static readonly NodeAddress Authorise = new("orders", 1, "authorise");
    private static readonly NodeAddress Pack = new("parcels", 1, "pack");
    private static readonly CancellationToken Cancel = CancellationToken.None;
    private static readonly byte[] Data = Encoding.UTF8.GetBytes("{}");

    private readonly string schema = shared.NextSchema();
    private PostgresStore one = null!;
    private PostgresStore other = null!;
    private int lastId;

    public async ValueTask InitializeAsync() => (one, other) = (await OpenAsync(), await OpenAsync());

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task The_same_request_sent_to_two_processes_at_once_is_taken_in_once()
    {
        NewElement order = New(Authorise);
        await one.Elements.AcceptAsync([order], Cancel);
        NewChange[] changes = [.. Enumerable.Range(0, 10).Select(_ => Change(order.Id))];

        await Task.WhenAll(changes.SelectMany(change => new[]
        {
            one.Changes.RequestAsync(change, Cancel), other.Changes.RequestAsync(change, Cancel),
        }));

        Page<ChangeRecord> ledger = await one.Changes.ListAsync(ChangeFilter.All, new PageRequest(), Cancel);
        Assert.Equal(changes.Select(change => change.Id).ToHashSet(), ledger.Items.Select(row => row.Id).ToHashSet());
        Assert.Equal(changes.Length, ledger.Items.Count);
        IReadOnlyList<PendingChange> pending = await one.Changes.PendingAsync(null, 100, Cancel);
        Assert.Equal(changes.Length, pending.Count);
    }

    [Fact]
    public async Task A_request_that_comes_while_an_element_calls_others_misses_none_of_them()
    {
        const int orders = 30;
        await one.Elements.AcceptAsync([.. Enumerable.Range(0, orders).Select(_ => New(Authorise))], Cancel);
        WorkerEpoch worker = await one.Workers.RegisterAsync("worker", TimeSpan.FromHours(1), Cancel);
        IReadOnlyList<ClaimedElement> claimed =
            await one.Elements.ClaimAsync(worker, [new ClaimRequest(Authorise, orders)], Cancel);

        Task<IReadOnlyList<HopOutcome>[]> committed = Task.WhenAll(
            claimed.Select(order => one.Elements.CommitAsync(worker, [Call(order)], Cancel)));
        await Task.WhenAll(claimed.Select(order => other.Changes.RequestAsync(Change(order.Id), Cancel)));

        IReadOnlyList<HopOutcome>[] outcomes = await committed;
        for (int index = 0; index < orders; index++)
        {
            bool hasCalled = outcomes[index][0].Status == HopStatus.Applied;
            ChangeFilter ofOrder = new() { Target = ElementRef.Of(claimed[index].Id) };
            ChangeRecord request = Assert.Single(
                (await one.Changes.ListAsync(ofOrder, new PageRequest(), Cancel)).Items);
            Assert.Equal(hasCalled ? 2 : 1, request.Outcomes.Count);
            Assert.Equal(hasCalled ? HopStatus.Applied : HopStatus.ChangePending, outcomes[index][0].Status);
        }
    }

    private Hop Call(ClaimedElement order) => new()
    {
        Key = order.Key,
        Id = order.Id,
        From = order.Hop,
        Node = order.Node,
        To = new Destination.Calls(new QueueSlot(Authorise), [New(Pack)], JoinMode.All),
        Kind = JournalKind.Called,
        Data = order.Data,
    };

    private NewChange Change(ElementId target) => new()
    {
        Id = new ChangeId(NextId()),
        Type = "address",
        Target = ElementRef.Of(target),
        Payload = Data,
        Actor = new Actor("ann"),
        Concerned = ["orders:1", "parcels:1"],
    };

    private NewElement New(NodeAddress node)
    {
        Guid id = NextId();
        return new NewElement(new ElementId(id), new QueueSlot(node), $"order-{id}", Data);
    }

    private Guid NextId() => new(Interlocked.Increment(ref lastId), 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1);

    private async Task<PostgresStore> OpenAsync()
    {
        PostgresStore store = new(
            shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });
        await store.OpenAsync(Cancel);
        return store;
    }
}
