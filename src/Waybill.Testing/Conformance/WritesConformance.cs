using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>Writes that a handler attaches to its route: committed with the hop or not at all.</summary>
public abstract class WritesConformance : StoreConformance
{
    [Fact]
    public async Task Writes_are_committed_with_their_hop_in_their_order()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await ApplyAsync(worker, order.HandOver(Source) with
        {
            Writes =
            [
                Fixture.Put("stock", 5), Fixture.Add("stock", 3), Fixture.Put("other", 1), Fixture.Add("new", -2),
            ],
        });

        Assert.Equal(8, await Fixture.ReadAsync("stock"));
        Assert.Equal((1, -2), (await Fixture.ReadAsync("other"), await Fixture.ReadAsync("new")));
    }

    [Fact]
    public async Task Writes_of_a_lost_hop_are_not_made()
    {
        WorkerEpoch worker = await RegisterAsync();
        Hop hop = (await StartOneAsync(worker)).HandOver(Source) with { Writes = [Fixture.Add("stock", -1)] };
        await ApplyAsync(worker, hop);

        Assert.Equal([HopStatus.Lost], await CommitAsync(worker, hop));

        Assert.Equal(-1, await Fixture.ReadAsync("stock"));
    }

    [Fact]
    public async Task Writes_of_a_hop_that_yields_to_a_cancel_are_not_made()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await RequestCancelAsync(order.Id);

        await CommitAsync(worker, order.HandOver(Source) with { Writes = [Fixture.Put("stock", 5)] });

        Assert.Null(await Fixture.ReadAsync("stock"));
    }

    [Fact]
    public async Task Writes_of_a_worker_that_lost_its_epoch_are_not_made()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await Store.Workers.LeaveAsync(worker, Cancel);

        await Assert.ThrowsAsync<EpochLostException>(
            () => CommitAsync(worker, order.Finish() with { Writes = [Fixture.Put("stock", 5)] }));

        Assert.Null(await Fixture.ReadAsync("stock"));
    }

    [Fact]
    public async Task A_refused_write_fails_its_own_element_and_tells_why()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        HopOutcome outcome = Assert.Single(await Store.Elements.CommitAsync(
            worker, [order.Enqueue(Source) with { Data = Json("[2]"), Writes = [Fixture.Refuse()] }], Cancel));

        Assert.Equal(HopStatus.WriteFailed, outcome.Status);
        Assert.NotNull(outcome.Error);
        ElementDetails found = await FindAsync(order.Id);
        Assert.Equal(
            (ElementState.Owned, 0, "{}"), (found.Summary.State, found.Summary.Hop, Text(found.Data)));
    }

    [Fact]
    public async Task A_refused_write_undoes_the_others_of_its_hop()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Retry(TimeSpan.Zero) with { Writes = [Fixture.Put("stock", 5)] });
        ClaimedElement again = await ClaimOneAsync(worker);

        await CommitAsync(worker, again.Enqueue(Source) with
        {
            Writes = [Fixture.Add("stock", -1), Fixture.Put("reserved", 1), Fixture.Refuse(), Fixture.Put("late", 1)],
        });

        Assert.Equal((5, null), (await Fixture.ReadAsync("stock"), await Fixture.ReadAsync("reserved")));
        Assert.Null(await Fixture.ReadAsync("late"));
    }

    [Fact]
    public async Task A_refused_write_never_fails_the_others_of_its_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, [.. Enumerable.Range(0, 9).Select(_ => New())]);

        IReadOnlyList<HopStatus> statuses = await CommitAsync(
            worker,
            [
                .. orders.Select((order, i) => order.Enqueue(Source) with
                {
                    Writes = i % 3 == 1 ? [Fixture.Add("sum", 100), Fixture.Refuse()] : [Fixture.Add("sum", 1)],
                }),
            ]);

        Assert.Equal(orders.Select((_, i) => i % 3 == 1 ? HopStatus.WriteFailed : HopStatus.Applied), statuses);
        Assert.Equal(6, await Fixture.ReadAsync("sum"));
        Assert.Equal(6, (await ClaimAsync(worker, Source)).Count);
    }

    [Fact]
    public async Task Nothing_that_goes_with_a_refused_write_happens()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("paid", Ship));
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        await CommitAsync(
            worker,
            orders[0].Call(Source, New(at: Charge)) with { Writes = [Fixture.Refuse()] },
            orders[1].Finish() with
            {
                Writes = [Fixture.Refuse()],
                Signals = [new SignalDelivery(ElementRef.Of(waiting.Id), "paid", Json("{}"))],
            });

        Assert.Empty(await ClaimAsync(worker, Charge));
        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(waiting.Id));
        Assert.Null((await Store.Tickets.FindAsync(ElementRef.Of(orders[1].Id), Cancel))!.Ending);
    }

    [Fact]
    public async Task After_a_refused_write_the_same_work_can_be_committed_otherwise()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await CommitAsync(worker, order.Enqueue(Source) with { Writes = [Fixture.Refuse()] });

        await ApplyAsync(worker, order.Retry(TimeSpan.Zero));

        Assert.Equal(2, (await ClaimOneAsync(worker)).Attempt);
    }

    [Fact]
    public async Task A_kind_of_write_that_the_store_does_not_know_fails_its_element_and_says_what_to_use()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        IReadOnlyList<HopOutcome> outcomes = await Store.Elements.CommitAsync(
            worker,
            [orders[0].Enqueue(Source) with { Writes = [new StrangeWrite()] }, orders[1].Enqueue(Source)],
            Cancel);

        Assert.Equal([HopStatus.WriteFailed, HopStatus.Applied], outcomes.Select(outcome => outcome.Status));
        NotSupportedException error = Assert.IsType<NotSupportedException>(outcomes[0].Error);
        Assert.Contains(nameof(StrangeWrite), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_that_contend_for_the_same_names_wait_for_each_other_and_all_count()
    {
        WorkerEpoch[] workers = [await RegisterAsync("a"), await RegisterAsync("b"), await RegisterAsync("c")];
        List<Task> commits = [];
        foreach (WorkerEpoch worker in workers)
        {
            IReadOnlyList<ClaimedElement> orders = await StartAsync(
                worker, [.. Enumerable.Range(0, 10).Select(_ => New())]);
            // Each commit takes the names in an order of its own.
            commits.AddRange(orders.Chunk(2).Select((pair, i) => ApplyAsync(
                worker, [.. pair.Select((order, j) => order.Enqueue(Source) with { Writes = [Take((i + j) % 2)] })])));
        }

        await Task.WhenAll(commits);

        Assert.Equal(30, await Fixture.ReadAsync("stock/0") + await Fixture.ReadAsync("stock/1"));
    }

    private SiteWrite Take(int book) => Fixture.Add($"stock/{book}", 1) with { Locks = [$"stock/{book}"] };

    private sealed record StrangeWrite : SiteWrite;
}
