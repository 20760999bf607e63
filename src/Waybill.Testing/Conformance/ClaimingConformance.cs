using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class ClaimingConformance : StoreConformance
{
    [Fact]
    public async Task A_claim_brings_all_that_an_element_carries()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New("order-7", data: """{"total":12}""");
        await AcceptAsync(order);

        ClaimedElement claimed = await ClaimOneAsync(worker);

        Assert.Equal(
            (order.Id, Authorise, 0, 0, 1, "order-7", """{"total":12}"""),
            (claimed.Id, claimed.Node, claimed.Hop, claimed.ArrivedHop, claimed.Attempt, claimed.BusinessKey,
                Text(claimed.Data)));
        AssertNear(Fixture.Now, claimed.AcceptedAt);
        Assert.Null(claimed.Caller);
        Assert.Null(claimed.Failure);
        Assert.Null(claimed.AwaitedSignal);
        Assert.Empty(claimed.Replies);
        Assert.False(claimed.CancelRequested || claimed.InLine);
    }

    [Fact]
    public async Task A_trace_stays_with_an_element_and_with_what_it_calls()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        WorkerEpoch worker = await RegisterAsync();
        await AcceptAsync(New() with { Trace = trace }, New());

        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker);
        await ApplyAsync(worker, claimed[0].Call(Source, New(at: Charge) with { Trace = trace }, New(at: Charge)));
        IReadOnlyList<ClaimedElement> called = await ClaimAsync(worker, Charge);

        Assert.Equal([trace, null], claimed.Select(element => element.Trace));
        Assert.Equal([trace, null], called.Select(element => element.Trace));
    }

    [Fact]
    public async Task A_claimed_element_belongs_to_its_worker()
    {
        WorkerEpoch worker = await RegisterAsync();
        await RegisterAsync("another");

        ClaimedElement claimed = await StartOneAsync(worker);

        ElementFence fence = Assert.Single(await Store.Elements.FencesAsync([claimed.Key], Cancel));
        Assert.Equal(new ElementFence(claimed.Key, 0, ElementState.Owned, worker), fence);
    }

    [Fact]
    public async Task What_is_claimed_is_not_claimed_again()
    {
        WorkerEpoch one = await RegisterAsync("one");
        WorkerEpoch other = await RegisterAsync("other");
        await StartOneAsync(one);

        Assert.Empty(await ClaimAsync(one));
        Assert.Empty(await ClaimAsync(other));
    }

    [Fact]
    public async Task The_oldest_are_claimed_first_and_no_more_than_asked_for()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement[] orders = [New(), New(), New(), New(), New()];
        await AcceptAsync(orders);

        IReadOnlyList<ClaimedElement> first = await ClaimAsync(worker, max: 2);
        IReadOnlyList<ClaimedElement> then = await ClaimAsync(worker, max: 10);

        Assert.Equal(orders[..2].Select(order => order.Id), first.Select(claimed => claimed.Id));
        Assert.Equal(orders[2..].Select(order => order.Id), then.Select(claimed => claimed.Id));
    }

    [Fact]
    public async Task An_element_that_moved_is_still_as_old_as_it_is()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement older = await StartOneAsync(worker);
        NewElement younger = New(at: Source);
        await AcceptAsync(younger);
        await ApplyAsync(worker, older.Enqueue(Source));

        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker, Source);

        Assert.Equal([older.Id, younger.Id], claimed.Select(element => element.Id));
    }

    [Fact]
    public async Task A_lower_rank_goes_before_age()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement late = New(rank: 5);
        NewElement usual = New(rank: 0);
        NewElement urgent = New(rank: -5);
        await AcceptAsync(late, usual, urgent);

        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker);

        Assert.Equal([urgent.Id, usual.Id, late.Id], claimed.Select(element => element.Id));
    }

    [Fact]
    public async Task One_claim_can_ask_for_several_nodes_each_with_its_own_limit()
    {
        WorkerEpoch worker = await RegisterAsync();
        await AcceptAsync(New(), New(), New(), New(at: Charge), New(at: Charge), New(at: Ship));

        IReadOnlyList<ClaimedElement> claimed = await Store.Elements.ClaimAsync(
            worker, [new ClaimRequest(Authorise, 2), new ClaimRequest(Charge, 5), new ClaimRequest(Source, 5)], Cancel);

        Assert.Equal(2, claimed.Count(element => element.Node == Authorise));
        Assert.Equal(2, claimed.Count(element => element.Node == Charge));
        Assert.Equal(4, claimed.Count);
    }

    [Fact]
    public async Task Each_version_of_a_node_has_a_queue_of_its_own()
    {
        WorkerEpoch worker = await RegisterAsync();
        NodeAddress next = new("orders", 2, "authorise");
        NewElement order = New(at: next);
        await AcceptAsync(order);

        Assert.Empty(await ClaimAsync(worker, Authorise));
        Assert.Equal(order.Id, (await ClaimOneAsync(worker, next)).Id);
    }

    [Fact]
    public async Task A_delayed_element_is_claimed_when_its_time_has_come_and_not_before()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source, delay: 2 * Hour));

        await Fixture.AdvanceAsync(Hour);
        Assert.Empty(await ClaimAsync(worker, Source));
        Assert.Equal(ElementState.Delayed, await StateAsync(order.Id));

        await Fixture.AdvanceAsync(1.5 * Hour);
        Assert.Equal(order.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task An_element_can_wait_until_an_instant()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        DateTimeOffset due = Fixture.Now + (2 * Hour);
        await ApplyAsync(worker, order.Enqueue(Source, due: due));

        Assert.Equal(due, (await FindAsync(order.Id)).Due!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ClaimAsync(worker, Source));
        await Fixture.AdvanceAsync(2.5 * Hour);
        Assert.Equal(order.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task An_instant_that_has_passed_is_no_delay()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement one = await StartOneAsync(worker);
        ClaimedElement other = await StartOneAsync(worker);

        await ApplyAsync(
            worker, one.Enqueue(Source, due: Fixture.Now - Hour), other.Enqueue(Source, delay: TimeSpan.Zero));

        Assert.Equal(ElementState.Ready, await StateAsync(one.Id));
        Assert.Equal(ElementState.Ready, await StateAsync(other.Id));
    }

    [Fact]
    public async Task A_claim_makes_ready_what_is_due_at_other_nodes_too()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source, delay: Hour));
        await Fixture.AdvanceAsync(2 * Hour);

        await ClaimAsync(worker, Charge);

        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_delayed_element_is_claimed_in_the_order_of_its_age_once_it_is_due()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement older = await StartOneAsync(worker);
        await ApplyAsync(worker, older.Enqueue(Source, delay: Hour));
        NewElement younger = New(at: Source);
        await AcceptAsync(younger);
        await Fixture.AdvanceAsync(2 * Hour);

        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker, Source);

        Assert.Equal([older.Id, younger.Id], claimed.Select(element => element.Id));
    }

    [Fact]
    public async Task A_worker_whose_epoch_ended_claims_nothing()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New();
        await AcceptAsync(order);
        await Store.Workers.LeaveAsync(worker, Cancel);

        EpochLostException lost = await Assert.ThrowsAsync<EpochLostException>(() => ClaimAsync(worker));

        Assert.Equal(worker, lost.Epoch);
        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
    }

    [Fact]
    public async Task Workers_that_claim_at_the_same_time_share_the_queue_without_overlap()
    {
        WorkerEpoch[] workers = [await RegisterAsync("a"), await RegisterAsync("b"), await RegisterAsync("c")];
        NewElement[] orders = [.. Enumerable.Range(0, 90).Select(_ => New())];
        await AcceptAsync(orders);

        List<ElementId> claimed = [];
        while (claimed.Count < orders.Length)
        {
            IReadOnlyList<ClaimedElement>[] parts =
                await Task.WhenAll(workers.Select(worker => ClaimAsync(worker, max: 7)));
            Assert.Contains(parts, part => part.Count > 0);
            claimed.AddRange(parts.SelectMany(part => part).Select(element => element.Id));
        }

        Assert.Equal(orders.Select(order => order.Id), claimed.Order());
    }
}
