using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class WorkersConformance : StoreConformance
{
    [Fact]
    public async Task Epochs_grow_and_are_never_reused_even_when_all_workers_have_left()
    {
        WorkerEpoch first = await RegisterAsync();
        WorkerEpoch second = await RegisterAsync();
        await Store.Workers.LeaveAsync(first, Cancel);
        await Store.Workers.LeaveAsync(second, Cancel);

        WorkerEpoch third = await RegisterAsync();

        Assert.True(first.Value >= 1);
        Assert.True(first.Value < second.Value && second.Value < third.Value);
    }

    [Fact]
    public async Task Live_workers_are_listed_oldest_first_with_what_they_own()
    {
        WorkerEpoch one = await RegisterAsync("one");
        WorkerEpoch other = await RegisterAsync("other");
        WorkerEpoch left = await RegisterAsync("left");
        await StartAsync(other, New(), New());
        await Store.Workers.LeaveAsync(left, Cancel);

        IReadOnlyList<WorkerRecord> workers = await Store.Workers.ListAsync(Cancel);

        Assert.Equal(
            [(one, "one", 0L), (other, "other", 2L)],
            workers.Select(worker => (worker.Epoch, worker.Name, worker.Owned)));
        Assert.All(workers, worker => AssertNear(Fixture.Now + Lease, worker.LeaseUntil));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_does_not_run_out()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await Fixture.AdvanceAsync(2 * Hour);
        Assert.True(await Store.Workers.RenewAsync(worker, Lease, Cancel));
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Equal(0, await Store.Workers.ReclaimAsync(100, Cancel));

        await ApplyAsync(worker, order.Enqueue(Source));
    }

    [Fact]
    public async Task A_lease_that_ran_out_can_be_renewed_while_nobody_has_ended_the_epoch()
    {
        WorkerEpoch worker = await RegisterAsync();
        await Fixture.AdvanceAsync(Lease + Hour);

        Assert.True(await Store.Workers.RenewAsync(worker, Lease, Cancel));
        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Single(await Store.Workers.ListAsync(Cancel));
    }

    [Fact]
    public async Task An_epoch_that_was_ended_cannot_be_renewed()
    {
        WorkerEpoch late = await RegisterAsync();
        await Fixture.AdvanceAsync(Lease + Hour);
        await Store.Workers.ReclaimAsync(100, Cancel);
        WorkerEpoch left = await RegisterAsync();
        await Store.Workers.LeaveAsync(left, Cancel);

        Assert.False(await Store.Workers.RenewAsync(late, Lease, Cancel));
        Assert.False(await Store.Workers.RenewAsync(left, Lease, Cancel));
        Assert.Empty(await Store.Workers.ListAsync(Cancel));
    }

    [Fact]
    public async Task The_work_of_a_dead_worker_goes_back_to_its_queue_with_one_attempt_used_up()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        ClaimedElement order = await StartOneAsync(dead);
        await Fixture.AdvanceAsync(Lease + Hour);
        WorkerEpoch heir = await RegisterAsync("heir");

        Assert.Equal(1, await Store.Workers.ReclaimAsync(100, Cancel));

        ClaimedElement again = await ClaimOneAsync(heir);
        Assert.Equal((order.Id, 0, 2), (again.Id, again.Hop, again.Attempt));
    }

    [Fact]
    public async Task The_work_of_a_live_worker_is_left_alone()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        ClaimedElement lost = await StartOneAsync(dead);
        await Fixture.AdvanceAsync(Lease + Hour);
        WorkerEpoch live = await RegisterAsync("live");
        ClaimedElement kept = await StartOneAsync(live);

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Equal(ElementState.Ready, await StateAsync(lost.Id));
        Assert.Equal(ElementState.Owned, await StateAsync(kept.Id));
    }

    [Fact]
    public async Task Work_is_reclaimed_in_portions()
    {
        WorkerEpoch dead = await RegisterAsync();
        await StartAsync(dead, New(), New(), New(), New(), New());
        await Store.Workers.LeaveAsync(dead, Cancel);

        Assert.Equal(2, await Store.Workers.ReclaimAsync(2, Cancel));
        Assert.Equal(2, await Store.Workers.ReclaimAsync(2, Cancel));
        Assert.Equal(1, await Store.Workers.ReclaimAsync(2, Cancel));
        Assert.Equal(0, await Store.Workers.ReclaimAsync(2, Cancel));
    }

    [Fact]
    public async Task What_was_handed_on_in_memory_is_reclaimed_at_the_node_where_it_is()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        ClaimedElement order = await StartOneAsync(dead);
        await ApplyAsync(dead, order.HandOver(Source) with { Data = Json("[1]") });
        await Store.Workers.LeaveAsync(dead, Cancel);
        WorkerEpoch heir = await RegisterAsync("heir");

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Empty(await ClaimAsync(heir, Authorise));
        ClaimedElement again = await ClaimOneAsync(heir, Source);
        Assert.Equal((1, 1, "[1]"), (again.Hop, again.ArrivedHop, Text(again.Data)));
        // Whether a run had begun there is not known, so one counts.
        Assert.Equal(2, again.Attempt);
    }

    [Fact]
    public async Task Attempts_of_the_node_before_do_not_follow_what_was_handed_on()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        ClaimedElement order = await StartOneAsync(dead);
        await ApplyAsync(dead, order.Retry(TimeSpan.Zero));
        await ApplyAsync(dead, (await ClaimOneAsync(dead)).Retry(TimeSpan.Zero));
        ClaimedElement third = await ClaimOneAsync(dead);
        await ApplyAsync(dead, third.HandOver(Source));
        await Store.Workers.LeaveAsync(dead, Cancel);

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Equal(3, third.Attempt);
        Assert.Equal(2, (await ClaimOneAsync(await RegisterAsync("heir"), Source)).Attempt);
    }

    [Fact]
    public async Task A_worker_that_leaves_cannot_commit_any_more()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await Store.Workers.LeaveAsync(worker, Cancel);

        await Assert.ThrowsAsync<EpochLostException>(() => CommitAsync(worker, order.Enqueue(Source)));
        Assert.Equal(1, await Store.Workers.ReclaimAsync(100, Cancel));
    }

    [Fact]
    public async Task Leaving_twice_is_harmless()
    {
        WorkerEpoch worker = await RegisterAsync();
        await Store.Workers.LeaveAsync(worker, Cancel);

        await Store.Workers.LeaveAsync(worker, Cancel);

        Assert.Empty(await Store.Workers.ListAsync(Cancel));
    }

    [Fact]
    public async Task Reclaimed_work_is_announced()
    {
        WorkerEpoch dead = await RegisterAsync();
        await StartAsync(dead, New(), New());
        await Store.Workers.LeaveAsync(dead, Cancel);

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(() => Store.Workers.ReclaimAsync(100, Cancel));

        Assert.Single(arrivals, Authorise);
    }

    [Fact]
    public async Task A_released_element_is_ready_with_the_attempts_that_were_really_used()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        await Store.Elements.ReleaseAsync(
            worker, [new Release(orders[0].Key, 0, Attempts: 0), new Release(orders[1].Key, 0, Attempts: 1)], Cancel);

        IReadOnlyList<ClaimedElement> again = await ClaimAsync(worker);
        Assert.Equal(
            [(orders[0].Id, 0, 1), (orders[1].Id, 0, 2)],
            again.Select(order => (order.Id, order.Hop, order.Attempt)));
    }

    [Fact]
    public async Task What_was_handed_on_is_released_where_it_is()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.HandOver(Source));

        await Store.Elements.ReleaseAsync(worker, [new Release(order.Key, 1, Attempts: 0)], Cancel);

        Assert.Equal(1, (await ClaimOneAsync(worker, Source)).Attempt);
    }

    [Fact]
    public async Task Only_the_owner_releases_and_only_at_the_present_hop()
    {
        WorkerEpoch owner = await RegisterAsync("owner");
        WorkerEpoch other = await RegisterAsync("other");
        ClaimedElement order = await StartOneAsync(owner);

        await Store.Elements.ReleaseAsync(other, [new Release(order.Key, 0, 0)], Cancel);
        await Store.Elements.ReleaseAsync(owner, [new Release(order.Key, 7, 0)], Cancel);

        Assert.Equal(ElementState.Owned, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_reclaim_and_commits_at_the_same_time_never_both_win()
    {
        WorkerEpoch paused = await RegisterAsync("paused");
        WorkerEpoch heir = await RegisterAsync("heir");
        IReadOnlyList<ClaimedElement> orders = await StartAsync(
            paused, [.. Enumerable.Range(0, 20).Select(_ => New())]);
        Task<bool>[] commits = [.. orders.Select(order => TryCommitAsync(paused, order.Enqueue(Source)))];
        await Store.Workers.LeaveAsync(paused, Cancel);
        bool[] moved = await Task.WhenAll(commits);

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Equal(moved.Count(applied => applied), (await ClaimAsync(heir, Source)).Count);
        Assert.Equal(moved.Count(applied => !applied), (await ClaimAsync(heir, Authorise)).Count);
    }

    private async Task<bool> TryCommitAsync(WorkerEpoch worker, Hop hop)
    {
        try
        {
            await ApplyAsync(worker, hop);
            return true;
        }
        catch (EpochLostException)
        {
            return false;
        }
    }
}
