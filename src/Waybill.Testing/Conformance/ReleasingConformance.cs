using System.Text.Json;
using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class ReleasingConformance : HeldConformance
{
    [Fact]
    public async Task A_release_makes_a_batch_of_what_matches()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(
            new Shipment("air"), new Shipment("road"), new Shipment("air", "B"));
        HeldRelease release = NewRelease(new HeldFilter { Group = "air" });

        HeldReleased released = default;
        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            async () => released = await TryReleaseAsync(release));

        Assert.Equal(new HeldReleased(HeldReleaseStatus.Released, 2), released);
        Assert.Single(arrivals, Wave);
        Assert.Equal(ids[1], Assert.Single((await ListAsync()).Items).Id);
        ElementDetails member = await FindAsync(ids[2]);
        Assert.Equal(
            (ElementState.Batched, Picked, 1, release.Batch.Id),
            (member.Summary.State, member.Summary.Node, member.Summary.Hop, member.Batch));
        Assert.Equal(0, member.Revision);
        Page<BatchMember> members = await Store.Held.MembersAsync(release.Batch.Id, new PageRequest(1), Cancel);
        Assert.Equal(ids[0], Assert.Single(members.Items).Id);
        members = await Store.Held.MembersAsync(release.Batch.Id, new PageRequest(1, members.Next), Cancel);
        Assert.Null(members.Next);
        Assert.Equal("B", Shipment.Read(Assert.Single(members.Items).Data).Zone);
        ElementFilter inBatch = new() { Batch = release.Batch.Id };
        Assert.Equal(2, await Store.Directory.CountAsync(inBatch, Cancel));
        Assert.Equal(
            [ids[0], ids[2]],
            (await Store.Directory.ListAsync(inBatch, new PageRequest(), Cancel)).Items.Select(one => one.Id));
    }

    [Fact]
    public async Task A_release_is_journalled_with_who_why_and_the_members()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment());

        HeldRelease release = NewRelease() with { Note = new ReleaseNote("rule \"40\"", null, "all") };
        await TryReleaseAsync(release with { Batch = release.Batch with { Facts = """{"untracked":true}""" } });

        JournalEntry made = Assert.Single(await HistoryAsync(release.Batch.Id));
        Assert.Equal((JournalKind.Released, 0, Wave), (made.Kind, made.Hop, made.Node));
        Assert.Contains("untracked", made.Facts, StringComparison.Ordinal);
        JsonElement detail = JsonDocument.Parse(made.Detail!).RootElement;
        Assert.Equal(release.Batch.BusinessKey, detail.GetProperty("key").GetString());
        Assert.Equal("rule \"40\"", detail.GetProperty("by").GetString());
        Assert.False(detail.TryGetProperty("reason", out _));
        Assert.Equal("all", detail.GetProperty("filter").GetString());
        Assert.Equal(
            ids.Select(id => id.ToString()),
            detail.GetProperty("members").EnumerateArray().Select(id => id.GetString()));
        JournalEntry joined = (await HistoryAsync(ids[0]))[^1];
        Assert.Equal((JournalKind.Batched, 1, Picked), (joined.Kind, joined.Hop, joined.Node));
        Assert.Equal(
            release.Batch.Id.ToString(),
            JsonDocument.Parse(joined.Detail!).RootElement.GetProperty("batch").GetString());
    }

    [Fact]
    public async Task A_batch_travels_like_any_element_but_has_no_ticket()
    {
        await HoldAsync(new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();

        ClaimedElement wave = await ClaimOneAsync(worker, Wave);

        Assert.Equal((batch, 0, 1, "[\"wave\"]"), (wave.Id, wave.Hop, wave.Attempt, Text(wave.Data)));
        Assert.Null(wave.Caller);
        Assert.Null(await Store.Tickets.FindAsync(ElementRef.Of(batch), Cancel));
        await ApplyAsync(worker, wave.Enqueue(Ship));
        Assert.Single(await MembersAsync(batch));
    }

    [Fact]
    public async Task Those_held_longest_are_released_first()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment());
        await Fixture.AdvanceAsync(Hour);
        ids = [.. ids, .. await HoldAsync(new Shipment())];
        await Fixture.AdvanceAsync(Hour);
        await AmendAsync(Amend(await FindHeldAsync(ids[0]), new Shipment("another")));

        Assert.Equal([ids[1], ids[2]], (await MembersAsync(await ReleaseAsync(max: 2))).Order());

        Assert.Equal(ids[0], Assert.Single((await ListAsync()).Items).Id);
    }

    [Fact]
    public async Task Elements_are_released_by_their_ids()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment(), new Shipment());

        ElementId batch = await ReleaseAsync(new HeldFilter { Ids = [ids[2], ids[0], NewId()] });

        Assert.Equal([ids[0], ids[2]], await MembersAsync(batch));
    }

    [Fact]
    public async Task A_closed_gate_or_an_empty_selection_writes_nothing()
    {
        await HoldAsync(new Shipment("air", Weight: 2), new Shipment("air", Weight: 3.5m), new Shipment("road"));
        HeldFilter air = new() { Group = "air" };
        long rows = await Store.Journal.CountAsync(Cancel);

        foreach (HeldGate closed in (HeldGate[])
            [
                new() { MinCount = 3 }, new() { SumColumn = "weightGrams", MinSum = 5.6m },
                new() { OldestAt = Fixture.Now - Hour }, new() { CompleteBy = "weightGrams" },
            ])
        {
            Assert.Equal(
                new HeldReleased(HeldReleaseStatus.GateClosed, 0),
                await TryReleaseAsync(NewRelease(air, gate: closed)));
        }

        Assert.Equal(
            new HeldReleased(HeldReleaseStatus.NothingHeld, 0),
            await TryReleaseAsync(NewRelease(new HeldFilter { Group = "sea" }, gate: new HeldGate { MinCount = 9 })));
        Assert.Equal(rows, await Store.Journal.CountAsync(Cancel));
        Assert.Equal(3, (await ListAsync()).Items.Count);
    }

    [Fact]
    public async Task An_open_gate_is_judged_by_all_that_matches_not_by_what_goes_along()
    {
        await HoldAsync(
            new Shipment("air", Weight: 2), new Shipment("air", Weight: 1), new Shipment("road", Weight: 9));
        await Fixture.AdvanceAsync(2 * Hour);
        HeldGate open = new()
        {
            MinCount = 2,
            SumColumn = "weightGrams",
            MinSum = 3,
            OldestAt = Fixture.Now - Hour,
            CompleteBy = "weightGrams",
        };

        HeldRelease release = NewRelease(new HeldFilter { Group = "air" }, max: 1, open);

        Assert.Equal(new HeldReleased(HeldReleaseStatus.Released, 1), await TryReleaseAsync(release));
        Assert.Equal(HeldReleaseStatus.GateClosed, (await TryReleaseAsync(NewRelease(
            release.Filter, gate: open))).Status);
    }

    [Theory]
    [InlineData(Ending.Finished)]
    [InlineData(Ending.Failed)]
    [InlineData(Ending.Cancelled)]
    [InlineData(Ending.Dropped)]
    public async Task When_a_batch_ends_its_members_go_on_with_its_ending(Ending ending)
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment("air"), new Shipment("road"));
        WorkerEpoch worker = await RegisterAsync();
        await ReleaseAsync();

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(() => EndBatchAsync(worker, ending));

        Assert.Contains(Picked, arrivals);
        IReadOnlyList<ClaimedElement> members = await ClaimAsync(worker, Picked);
        Assert.Equal(ids, members.Select(member => member.Id));
        Assert.All(members, member =>
        {
            Assert.Equal((1, 1, 1), (member.Hop, member.ArrivedHop, member.Attempt));
            Reply reply = Assert.Single(member.Replies);
            Assert.Equal((0, ending), (reply.Slot, reply.Ending));
            Assert.Equal(ending == Ending.Finished ? "[9]" : "", Text(reply.Value));
            Assert.Equal(ending == Ending.Finished ? null : "so it is", reply.Reason);
        });
        Assert.Equal("air", Shipment.Read(members[0].Data).Method);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Batched, JournalKind.Returned], await KindsAsync(ids[0]));
        Assert.Null((await FindAsync(ids[0])).Batch);
    }

    [Fact]
    public async Task A_member_can_leave_with_a_reply_of_its_own_before_the_batch_ends()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment(), new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();
        ClaimedElement wave = await ClaimOneAsync(worker, Wave);

        Hop first = wave.HandOver(Ship) with
        {
            Members =
            [
                new MemberReply(ids[1], new Reply(0, Ending.Failed, default, "torn")),
                new MemberReply(NewId(), new Reply(0, Ending.Finished, Json("0"), null)),
            ],
        };
        await ApplyAsync(worker, first);

        ClaimedElement torn = await ClaimOneAsync(worker, Picked);
        Assert.Equal((ids[1], Ending.Failed, "torn"), (torn.Id, torn.Replies[0].Ending, torn.Replies[0].Reason));
        Assert.Equal([ids[0], ids[2]], await MembersAsync(batch));
        await ApplyAsync(worker, wave.After(first).Finish("[9]") with
        {
            Members =
            [
                new MemberReply(ids[2], new Reply(0, Ending.Finished, Json("[2]"), null)),
                new MemberReply(ids[1], new Reply(0, Ending.Finished, Json("[1]"), null)),
            ],
        });
        Assert.Equal(
            ["[9]", "[2]"],
            (await ClaimAsync(worker, Picked)).Select(member => Text(Assert.Single(member.Replies).Value)));
    }

    [Fact]
    public async Task A_batch_whose_members_have_all_left_goes_on_to_its_end()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();
        await RequestCancelAsync(ids[0]);

        ClaimedElement wave = await ClaimOneAsync(worker, Wave);
        await ApplyAsync(worker, wave.Finish());

        Assert.False(await IsInFlightAsync(batch));
        Assert.Empty((await ClaimOneAsync(worker, Picked)).Replies);
    }

    [Fact]
    public async Task A_cancelled_member_leaves_without_a_reply_and_disturbs_nobody()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();

        Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(ids[0]));

        ClaimedElement cancelled = await ClaimOneAsync(worker, Picked);
        Assert.Equal((ids[0], true, 1), (cancelled.Id, cancelled.CancelRequested, cancelled.Hop));
        Assert.Empty(cancelled.Replies);
        Assert.Equal([ids[1]], await MembersAsync(batch));
        Assert.False((await FindAsync(batch)).Summary.CancelRequested);
        await EndBatchAsync(worker, Ending.Finished);
        Assert.Equal(ids[1], (await ClaimOneAsync(worker, Picked)).Id);
    }

    [Fact]
    public async Task A_cancel_of_a_batch_leaves_its_members_to_its_end()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();

        await RequestCancelAsync(batch);

        Assert.True((await ClaimOneAsync(worker, Wave)).CancelRequested);
        ElementDetails member = await FindAsync(ids[0]);
        Assert.Equal((ElementState.Batched, false), (member.Summary.State, member.Summary.CancelRequested));
    }

    [Fact]
    public async Task A_batch_keeps_its_members_while_it_calls_waits_is_sidelined_and_changes_owner()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        ElementId batch = await ReleaseAsync();
        ClaimedElement wave = await ClaimOneAsync(worker, Wave);
        await ApplyAsync(worker, wave.Call(Wave, New(at: Charge)));
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Wave)).Await("packed", Wave));
        await SignalAsync(batch, "packed");
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Wave)).Sideline());
        await ActAsync((await FindSidelinedAsync(batch)).Retry());

        Assert.Equal(ids, await MembersAsync(batch));
        await EndBatchAsync(worker, Ending.Finished);
        Assert.Equal(ids[0], (await ClaimOneAsync(worker, Picked)).Id);
    }

    [Fact]
    public async Task A_member_keeps_its_rank_and_answers_its_caller_at_its_own_end()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement usual = NewHeld(new Shipment());
        NewElement urgent = NewHeld(new Shipment());
        urgent = urgent with { Slot = urgent.Slot with { Rank = -5 } };
        await ApplyAsync(worker, order.Call(Ship, usual, urgent));
        await ReleaseAsync();
        await EndBatchAsync(worker, Ending.Failed);

        IReadOnlyList<ClaimedElement> members = await ClaimAsync(worker, Picked);
        await ApplyAsync(worker, [.. members.Select(member => member.Finish("[3]"))]);

        Assert.Equal([urgent.Id, usual.Id], members.Select(member => member.Id));
        Assert.All(
            (await ClaimOneAsync(worker, Ship)).Replies,
            reply => Assert.Equal((Ending.Finished, "[3]"), (reply.Ending, Text(reply.Value))));
    }

    [Fact]
    public async Task What_came_back_from_a_batch_can_be_held_and_released_again()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment());
        WorkerEpoch worker = await RegisterAsync();
        await ReleaseAsync();
        await EndBatchAsync(worker, Ending.Finished);

        await ApplyAsync(worker, Hold(await ClaimOneAsync(worker, Picked), new Shipment("again")));
        Assert.Equal(2, (await FindHeldAsync(ids[0])).Hop);
        ElementId second = await ReleaseAsync();

        Assert.Equal(ids, await MembersAsync(second));
        await EndBatchAsync(worker, Ending.Finished);
        Assert.Equal("[9]", Text(Assert.Single((await ClaimOneAsync(worker, Picked)).Replies).Value));
    }

    [Fact]
    public async Task A_member_can_be_amended_and_stays_in_its_batch()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment());
        ElementId batch = await ReleaseAsync();
        ElementDetails member = await FindAsync(ids[0]);

        Assert.True(await AmendAsync(new Amendment
        {
            Key = member.Key,
            Id = ids[0],
            Hop = 1,
            Revision = 0,
            Data = new Shipment(Zone: "Z").ToData(),
        }));

        Page<BatchMember> members = await Store.Held.MembersAsync(batch, new PageRequest(), Cancel);
        Assert.Equal("Z", Shipment.Read(Assert.Single(members.Items).Data).Zone);
    }

    [Fact]
    public async Task Releases_that_race_share_out_what_is_held()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync([.. Enumerable.Repeat(new Shipment(), 40)]);

        await RaceAsync([Store], ids);
    }

    [Fact]
    public async Task Releases_of_several_processes_share_out_what_is_held()
    {
        Assert.SkipUnless(SupportsSeveralProcesses, "A database belongs to one process.");
        IReadOnlyList<ElementId> ids = await HoldAsync([.. Enumerable.Repeat(new Shipment(), 40)]);
        ISiteStore other = await Fixture.OpenAnotherAsync();
        await other.Held.DeclareAsync([Shipment.Queue], Cancel);

        await RaceAsync([Store, other], ids);
    }

    // Eight at once, half of them only for at least five: each element goes into exactly one batch, or stays.
    private async Task RaceAsync(IReadOnlyList<ISiteStore> stores, IReadOnlyList<ElementId> ids)
    {
        HeldRelease[] releases =
        [
            .. Enumerable.Range(0, 8).Select(i =>
                NewRelease(max: 7, gate: i % 2 == 0 ? null : new HeldGate { MinCount = 5 })),
        ];

        HeldReleased[] released = await Task.WhenAll(releases.Select(
            (release, i) => Task.Run(() => stores[i % stores.Count].Held.ReleaseAsync(release, Cancel), Cancel)));

        List<ElementId> members = [];
        foreach ((HeldRelease release, HeldReleased result) in releases.Zip(released))
        {
            IReadOnlyList<ElementId> got = await MembersAsync(release.Batch.Id);
            Assert.Equal(result.Members, got.Count);
            Assert.Equal(result.Status == HeldReleaseStatus.Released, await IsInFlightAsync(release.Batch.Id));
            members.AddRange(got);
        }

        Assert.Equal(members.Count, members.Distinct().Count());
        Assert.Equal(ids.Except(members).Order(), (await ListAsync()).Items.Select(held => held.Id).Order());
        Assert.InRange(members.Count, 35, 40);
    }
}
