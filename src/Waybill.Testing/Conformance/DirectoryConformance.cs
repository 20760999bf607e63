using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class DirectoryConformance : StoreConformance
{
    [Fact]
    public async Task An_element_is_found_by_id_and_by_key_until_it_ends()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));

        Assert.Equal(order.Key, (await FindAsync(order.Id)).Key);
        Assert.NotNull(await Store.Directory.FindAsync(ElementRef.Of("orders", "order-7"), Cancel));
        await ApplyAsync(worker, order.Finish());

        Assert.Null(await Store.Directory.FindAsync(ElementRef.Of(order.Id), Cancel));
        Assert.Null(await Store.Directory.FindAsync(ElementRef.Of("orders", "order-7"), Cancel));
    }

    [Fact]
    public async Task Each_condition_of_a_filter_narrows_the_listing_and_the_count()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker, New("a"));
        NewElement called = New("b", at: Charge);
        await ApplyAsync(worker, caller.Call(Source, called));
        await Fixture.AdvanceAsync(2 * Hour);
        DateTimeOffset between = Fixture.Now - Hour;
        NewElement next = New("c", at: new NodeAddress("orders", 2, "authorise"));
        await AcceptAsync(next);

        await AssertListedAsync(ElementFilter.All, caller.Id, called.Id, next.Id);
        await AssertListedAsync(new ElementFilter { Workflow = "orders" }, caller.Id, next.Id);
        await AssertListedAsync(new ElementFilter { Workflow = "orders", Version = 1 }, caller.Id);
        await AssertListedAsync(new ElementFilter { Version = 2 }, next.Id);
        await AssertListedAsync(new ElementFilter { Node = "source" }, caller.Id);
        await AssertListedAsync(new ElementFilter { State = ElementState.Ready }, called.Id, next.Id);
        await AssertListedAsync(new ElementFilter { BusinessKey = "b" }, called.Id);
        await AssertListedAsync(new ElementFilter { Caller = caller.Id }, called.Id);
        await AssertListedAsync(new ElementFilter { AcceptedBefore = between }, caller.Id, called.Id);
        await AssertListedAsync(new ElementFilter { Node = "nowhere" });
    }

    [Fact]
    public async Task A_listing_shows_where_each_element_is_and_since_when()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        await Fixture.AdvanceAsync(2 * Hour);
        await ApplyAsync(worker, order.HandOver(Source));

        Page<ElementSummary> page = await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(), Cancel);

        ElementSummary listed = Assert.Single(page.Items);
        Assert.Equal(
            (order.Id, "order-7", Source, ElementState.Owned, 1, false),
            (listed.Id, listed.BusinessKey, listed.Node, listed.State, listed.Hop, listed.CancelRequested));
        AssertNear(2 * Hour, listed.MovedAt - listed.AcceptedAt);
    }

    [Fact]
    public async Task Pages_cover_all_once_oldest_first_although_elements_move_and_end_meanwhile()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New(), New(), New());

        Page<ElementSummary> first =
            await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(Size: 2), Cancel);
        await ApplyAsync(worker, orders[0].Finish(), orders[1].Enqueue(Ship), orders[3].Finish());
        Page<ElementSummary> rest =
            await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(10, first.Next), Cancel);

        Assert.Equal([orders[0].Id, orders[1].Id], first.Items.Select(element => element.Id));
        Assert.Equal([orders[2].Id, orders[4].Id], rest.Items.Select(element => element.Id));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task A_page_that_holds_exactly_the_rest_is_followed_by_nothing()
    {
        await AcceptAsync(New(), New(), New(), New());

        Page<ElementSummary> first =
            await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(Size: 2), Cancel);
        Page<ElementSummary> second =
            await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(2, first.Next), Cancel);
        Page<ElementSummary>? third = second.Next is { } next
            ? await Store.Directory.ListAsync(ElementFilter.All, new PageRequest(2, next), Cancel)
            : null;

        Assert.Equal((2, 2), (first.Items.Count, second.Items.Count));
        Assert.Empty(third?.Items ?? []);
        Assert.Null(third?.Next);
    }

    [Fact]
    public async Task Elements_are_counted_by_node_and_state_at_the_node_where_they_really_are()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());
        await AcceptAsync(New(), New());
        await ApplyAsync(worker, orders[0].HandOver(Source), orders[1].Enqueue(Source));

        IReadOnlyList<NodeCount> counts = await Store.Directory.CountByNodeAsync(ElementFilter.All, Cancel);
        IReadOnlyList<NodeCount> ready = await Store.Directory.CountByNodeAsync(
            new ElementFilter { State = ElementState.Ready }, Cancel);

        Assert.Equivalent(
            new[]
            {
                new NodeCount(Authorise, ElementState.Ready, 2),
                new NodeCount(Authorise, ElementState.Owned, 1),
                new NodeCount(Source, ElementState.Ready, 1),
                new NodeCount(Source, ElementState.Owned, 1),
            },
            counts,
            strict: true);
        Assert.Equal(2, ready.Count);
    }

    [Fact]
    public async Task Opening_a_store_again_changes_nothing()
    {
        NewElement order = New();
        await AcceptAsync(order);

        await Store.OpenAsync(Cancel);

        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
        Assert.NotEmpty(Store.Description);
    }

    private async Task AssertListedAsync(ElementFilter filter, params ElementId[] expected)
    {
        Page<ElementSummary> page = await Store.Directory.ListAsync(filter, new PageRequest(), Cancel);
        Assert.Equal(expected, page.Items.Select(element => element.Id));
        Assert.Equal(expected.Length, await Store.Directory.CountAsync(filter, Cancel));
    }
}
