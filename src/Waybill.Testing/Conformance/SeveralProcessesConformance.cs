using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>Two handles on one database, as two processes have them.</summary>
/// <remarks>Skipped where <see cref="StoreConformance.SupportsSeveralProcesses"/> is false.</remarks>
public abstract class SeveralProcessesConformance : StoreConformance
{
    [Fact]
    public async Task What_one_process_accepts_another_one_claims()
    {
        ISiteStore other = await OpenAnotherAsync();
        NewElement order = New();
        await AcceptAsync(order);
        WorkerEpoch worker = await other.Workers.RegisterAsync("other", Lease, Cancel);

        IReadOnlyList<ClaimedElement> claimed =
            await other.Elements.ClaimAsync(worker, [new ClaimRequest(Authorise, 10)], Cancel);

        Assert.Equal(order.Id, Assert.Single(claimed).Id);
    }

    [Fact]
    public async Task A_key_is_accepted_once_when_two_processes_take_it_in_at_the_same_time()
    {
        ISiteStore other = await OpenAnotherAsync();
        NewElement[] ours = [.. Enumerable.Range(0, 50).Select(i => New($"order-{i}"))];
        NewElement[] theirs = [.. Enumerable.Range(0, 50).Reverse().Select(i => New($"order-{i}"))];

        IReadOnlyList<Acceptance>[] accepted = await Task.WhenAll(
            Store.Elements.AcceptAsync(ours, Cancel), other.Elements.AcceptAsync(theirs, Cancel));

        Assert.Equal(50, accepted.SelectMany(acceptances => acceptances).Count(acceptance => acceptance.IsNew));
        Assert.Equal(accepted[0].Select(acceptance => acceptance.Id), accepted[1].Reverse().Select(a => a.Id));
    }

    [Fact]
    public async Task Processes_share_one_queue_without_overlap()
    {
        ISiteStore other = await OpenAnotherAsync();
        WorkerEpoch ours = await RegisterAsync("ours");
        WorkerEpoch theirs = await other.Workers.RegisterAsync("theirs", Lease, Cancel);
        await AcceptAsync([.. Enumerable.Range(0, 100).Select(_ => New())]);

        HashSet<ElementId> claimed = [];
        while (claimed.Count < 100)
        {
            IReadOnlyList<ClaimedElement>[] parts = await Task.WhenAll(
                Store.Elements.ClaimAsync(ours, [new ClaimRequest(Authorise, 9)], Cancel),
                other.Elements.ClaimAsync(theirs, [new ClaimRequest(Authorise, 9)], Cancel));
            Assert.Contains(parts, part => part.Count > 0);
            Assert.All(parts.SelectMany(part => part), element => Assert.True(claimed.Add(element.Id)));
        }
    }

    [Fact]
    public async Task One_process_takes_over_from_another_whose_lease_ran_out()
    {
        ISiteStore other = await OpenAnotherAsync();
        WorkerEpoch paused = await RegisterAsync("paused");
        ClaimedElement order = await StartOneAsync(paused);
        await Fixture.AdvanceAsync(Lease + Hour);
        WorkerEpoch heir = await other.Workers.RegisterAsync("heir", Lease, Cancel);

        Assert.Equal(1, await other.Workers.ReclaimAsync(100, Cancel));

        await Assert.ThrowsAsync<EpochLostException>(() => CommitAsync(paused, order.Finish()));
        Assert.Single(await other.Elements.ClaimAsync(heir, [new ClaimRequest(Authorise, 10)], Cancel));
    }

    [Fact]
    public async Task A_node_that_one_process_was_the_first_to_name_is_known_to_the_other()
    {
        ISiteStore other = await OpenAnotherAsync();
        NodeAddress fresh = new("returns", 3, "inspect");
        await AcceptAsync(New(at: fresh));
        await other.Elements.AcceptAsync([New(at: fresh), New(at: new NodeAddress("returns", 3, "refund"))], Cancel);

        IReadOnlyList<NodeCount> counts = await other.Directory.CountByNodeAsync(
            new ElementFilter { Workflow = "returns" }, Cancel);

        Assert.Equal(2, counts.Single(count => count.Node == fresh).Count);
        Assert.Equal(3, await Store.Directory.CountAsync(new ElementFilter { Workflow = "returns" }, Cancel));
    }

    [Fact]
    public async Task What_one_process_called_another_one_ends_though_it_never_heard_of_the_callers_node()
    {
        ISiteStore other = await OpenAnotherAsync();
        WorkerEpoch theirs = await other.Workers.RegisterAsync("theirs", Lease, Cancel);
        await other.Elements.ClaimAsync(theirs, [new ClaimRequest(Charge, 1)], Cancel);
        NodeAddress unheardOf = new("orders", 1, "unheard-of");
        WorkerEpoch ours = await RegisterAsync("ours");
        ClaimedElement caller = await StartOneAsync(ours);
        await ApplyAsync(ours, caller.Call(unheardOf, New(at: Charge)));
        ClaimedElement called =
            Assert.Single(await other.Elements.ClaimAsync(theirs, [new ClaimRequest(Charge, 1)], Cancel));

        HopOutcome outcome = Assert.Single(await other.Elements.CommitAsync(theirs, [called.Finish()], Cancel));

        Assert.Equal(HopStatus.Applied, outcome.Status);
        Assert.Equal(caller.Id, (await ClaimOneAsync(ours, unheardOf)).Id);
    }

    private Task<ISiteStore> OpenAnotherAsync()
    {
        Assert.SkipUnless(SupportsSeveralProcesses, "This store belongs to one process.");
        return Fixture.OpenAnotherAsync();
    }
}
