using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>
/// Does the same random operations on two stores, as several workers, clients and operators would, and compares what
/// each returns. Many are mistaken on purpose: stale hops, epochs that ended, decisions that came too late.
/// </summary>
internal sealed class RandomSession(ComparedStore model, ComparedStore other, int seed)
{
    private const int WorkersMax = 3;
    private const int InFlightMax = 60;

    private readonly Random random = new(seed);
    private readonly RandomHops hops = new(new Random(~seed));
    private readonly List<string> operations = [];
    private readonly List<int> workers = [];
    private readonly List<(int Worker, ClaimedElement Element)> held = [];
    private readonly List<(int Worker, ClaimedElement Element)> stale = [];
    private readonly List<SidelinedElement> seenSidelined = [];
    private readonly RandomHolding holding = new(new Random(seed * 31));
    private readonly RandomChanging changing = new(new Random(seed * 37));
    private readonly RandomRecords records = new(new Random(seed * 41));

    public async Task StepAsync()
    {
        if (operations.Count == 0)
            await DoAsync(RandomHolding.Declare(hops));
        if (workers.Count == 0)
            await RegisterAsync();
        if (hops.OneIn(10))
            await RecordAsync();
        if (hops.OneIn(12) && hops.Known.Count > 0)
            await HistoryAsync();
        await (hops.OneIn(7) ? HoldAsync() : hops.OneIn(5) ? ChangeAsync() : random.Next(100) switch
        {
            < 12 => AcceptAsync(),
            < 32 => ClaimAsync(),
            < 62 => CommitAsync(),
            < 65 => ReleaseAsync(),
            < 75 => SignalAsync(),
            < 80 => RequestCancelAsync(),
            < 86 => AdvanceAsync(),
            < 89 => ReclaimAsync(),
            < 95 => DecideAsync(),
            < 97 => workers.Count < WorkersMax ? RegisterAsync() : RenewAsync(),
            < 98 => LeaveAsync(),
            _ => ForgetAsync(),
        });
    }

    /// <summary>Does something with what is held.</summary>
    private async Task HoldAsync() => await DoAsync(await holding.NextAsync(hops, model));

    /// <summary>Asks for changes, or answers some.</summary>
    private async Task ChangeAsync() => await DoAsync(await changing.NextAsync(hops, model));

    private Task RecordAsync() => DoAsync(records.Next(hops));

    /// <summary>Reads what happened to an element, page by page.</summary>
    private Task HistoryAsync()
    {
        ElementId element = hops.Pick(hops.Known);
        JournalKind? kind = hops.OneIn(3) ? hops.Pick([JournalKind.Moved, JournalKind.Signalled]) : null;
        HistoryFilter filter = new(element) { Kind = kind };
        HistoryPageRequest first = new(random.Next(1, 4), null, hops.OneIn(2));
        return BothAsync(
            $"history of {VisibleState.Name(element)}, {kind}, by {first.Size}, newest first {first.NewestFirst}",
            side => VisibleState.HistoryAsync(side, filter, first));
    }

    private async Task DoAsync(PlannedCall? call)
    {
        if (call is not null)
            await BothAsync(call.Text, call.Act);
    }

    /// <summary>Compares all that can be seen of the stores.</summary>
    public async Task CompareAsync()
    {
        IReadOnlyList<string> expected = await VisibleState.OfAsync(model, RandomHops.Counters);
        IReadOnlyList<string> actual = await VisibleState.OfAsync(other, RandomHops.Counters);
        if (!expected.SequenceEqual(actual))
        {
            Fail(
                "the stores look different",
                string.Join('\n', expected.Except(actual)),
                string.Join('\n', actual.Except(expected)));
        }
    }

    private async Task RegisterAsync()
    {
        TimeSpan lease = hops.Span();
        workers.Add(await BothAsync($"register for {lease}", side => side.RegisterAsync(lease)));
    }

    private async Task RenewAsync()
    {
        int worker = hops.Pick(workers);
        TimeSpan lease = hops.Span();
        await BothAsync(
            $"w{worker} renew for {lease}",
            side => side.Store.Workers.RenewAsync(side.EpochOf(worker), lease, CancellationToken.None));
    }

    private async Task LeaveAsync()
    {
        int worker = hops.Pick(workers);
        await BothAsync($"w{worker} leave", async side =>
        {
            await side.Store.Workers.LeaveAsync(side.EpochOf(worker), CancellationToken.None);
            return true;
        });
    }

    private async Task AcceptAsync()
    {
        if (await model.Store.Directory.CountAsync(ElementFilter.All, CancellationToken.None) > InFlightMax)
            return;
        NewElement[] elements = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => hops.Element())];
        string text = string.Join(", ", elements.Select(
            element => $"{VisibleState.Name(element.Id)} \"{element.BusinessKey}\" at {element.Slot}"));
        await BothAsync(
            $"accept {text}",
            side => side.Store.Elements.AcceptAsync(elements, CancellationToken.None),
            accepted => string.Join(", ", accepted));
    }

    private async Task ClaimAsync()
    {
        int worker = hops.Pick(workers);
        ClaimRequest[] requests =
        [
            .. Enumerable.Range(0, random.Next(1, 16)).Select(_ => hops.Node()).Distinct()
                .Select(node => new ClaimRequest(node, random.Next(1, 6))),
        ];
        IReadOnlyList<ClaimedElement>? claimed = await BothAsync(
            $"w{worker} claim {string.Join(", ", requests.Select(request => $"{request.Max} at {request.Node}"))}",
            side => side.ClaimAsync(worker, requests),
            elements => string.Join('\n', elements.Select(VisibleState.Of)));
        if (claimed is null)
            Drop(worker);
        else
            held.AddRange(claimed.Select(element => (worker, element)));
    }

    private async Task CommitAsync()
    {
        int worker = hops.Pick(workers);
        List<ClaimedElement> chosen =
        [
            .. held.Where(entry => entry.Worker == worker ? hops.OneIn(2) : hops.OneIn(20))
                .Concat(stale.Where(_ => hops.OneIn(60)))
                .Select(entry => entry.Element).DistinctBy(element => element.Id).Take(12),
        ];
        if (chosen.Count == 0)
            return;
        bool mayCall = hops.Known.Count < InFlightMax * 4;
        List<PlannedHop> plan = [];
        foreach (ClaimedElement element in chosen)
            plan.Add(hops.Hop(element, mayCall, await MembersAsync(element.Id)));
        IReadOnlyList<HopOutcome>? outcomes = await BothAsync(
            $"w{worker} commit {string.Join("; ", plan.Select(hop => hop.Text))}",
            side => side.Store.Elements.CommitAsync(
                side.EpochOf(worker), [.. plan.Select(hop => hop.Make(side))], CancellationToken.None),
            VisibleState.Of);
        if (outcomes is null)
        {
            Drop(worker);
            return;
        }

        for (int i = 0; i < chosen.Count; i++)
        {
            hops.Learn(chosen[i].Id, outcomes[i]);
            Learn(worker, chosen[i], plan[i].Make(model), outcomes[i].Status);
        }
    }

    private async Task<IReadOnlyList<BatchMember>> MembersAsync(ElementId batch) =>
        (await model.Store.Held.MembersAsync(batch, new PageRequest(), CancellationToken.None)).Items;

    private async Task ReleaseAsync()
    {
        int worker = hops.Pick(workers);
        ClaimedElement[] given =
            [.. held.Where(entry => entry.Worker == worker && hops.OneIn(3)).Select(entry => entry.Element)];
        await BothAsync(
            $"w{worker} release {string.Join(", ", given.Select(one => $"{VisibleState.Name(one.Id)}@{one.Hop}"))}",
            async side =>
            {
                await side.Store.Elements.ReleaseAsync(
                    side.EpochOf(worker),
                    [.. given.Select(one => new Release(side.KeyOf(one.Id), one.Hop, one.Attempt - 1))],
                    CancellationToken.None);
                return true;
            });
        foreach (ClaimedElement element in given)
            Lose(worker, element);
    }

    private Task SignalAsync()
    {
        SignalDelivery[] signals = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => hops.Signal())];
        return BothAsync(
            $"signal {string.Join(", ", signals.Select(signal => $"{signal.Name} to {signal.Target}"))}",
            side => side.Store.Elements.SignalAsync(signals, CancellationToken.None),
            delivered => string.Join(", ", delivered));
    }

    private Task RequestCancelAsync()
    {
        CancelRequest[] requests =
        [
            .. Enumerable.Range(0, random.Next(1, 3))
                .Select(_ => new CancelRequest(hops.Reference(), hops.OneIn(2) ? """{"actor":"ann"}""" : null)),
        ];
        return BothAsync(
            $"cancel {string.Join(", ", requests.Select(request => request.Target))}",
            side => side.Store.Elements.CancelAsync(requests, CancellationToken.None),
            outcomes => string.Join(", ", outcomes));
    }

    private Task AdvanceAsync()
    {
        TimeSpan span = VisibleState.TimeStep * random.Next(1, 4);
        return BothAsync($"advance {span}", async side =>
        {
            await side.Fixture.AdvanceAsync(span);
            return true;
        });
    }

    private Task ReclaimAsync() => BothAsync(
        "reclaim", side => side.Store.Workers.ReclaimAsync(10_000, CancellationToken.None));

    private async Task DecideAsync()
    {
        Page<SidelinedElement> page = await model.Store.Sidelined.ListAsync(
            SidelinedFilter.All, new PageRequest(), CancellationToken.None);
        SidelinedElement[] chosen =
        [
            .. page.Items.Where(_ => hops.OneIn(2)).Concat(seenSidelined.Where(_ => hops.OneIn(20)))
                .DistinctBy(element => element.Id),
        ];
        seenSidelined.AddRange(page.Items);
        if (chosen.Length == 0)
            return;
        PlannedHop[] plan = [.. chosen.Select(hops.Decision)];
        IReadOnlyList<HopOutcome>? outcomes = await BothAsync(
            $"decide {string.Join("; ", plan.Select(hop => hop.Text))}",
            side => side.Store.Sidelined.ActAsync([.. plan.Select(hop => hop.Make(side))], CancellationToken.None),
            VisibleState.Of);
        for (int i = 0; i < chosen.Length; i++)
            hops.Learn(chosen[i].Id, outcomes![i]);
    }

    private async Task ForgetAsync()
    {
        TimeSpan age = hops.Span();
        await BothAsync(
            $"purge tickets older than {age}",
            side => side.Store.Tickets.PurgeAsync(side.Fixture.Now - age, 10_000, CancellationToken.None));
        await BothAsync(
            $"trim the journal before {age}",
            side => side.Store.Journal.TrimAsync(side.Fixture.Now - age, 10_000, CancellationToken.None));
    }

    private void Learn(int worker, ClaimedElement element, Hop hop, HopStatus status)
    {
        if (status is HopStatus.CancelPending or HopStatus.ChangePending or HopStatus.WriteFailed)
            return;
        Lose(worker, element);
        if (status == HopStatus.Applied && hop.To is Destination.HandOver)
            held.Add((worker, element.After(hop)));
    }

    private void Lose(int worker, ClaimedElement element)
    {
        if (held.Remove((worker, element)))
            stale.Add((worker, element));
        if (stale.Count > 20)
            stale.RemoveAt(0);
    }

    private void Drop(int worker)
    {
        foreach ((int _, ClaimedElement element) in held.Where(entry => entry.Worker == worker).ToList())
            Lose(worker, element);
        workers.Remove(worker);
    }

    /// <summary>Does one thing on both stores.</summary>
    /// <returns>What the model returned; the default when the worker's epoch had ended, on both.</returns>
    private async Task<T?> BothAsync<T>(string text, Func<ComparedStore, Task<T>> act, Func<T, string>? show = null)
    {
        operations.Add(text);
        (T? expected, string expectedText) = await TryAsync(model, act, show);
        (_, string actualText) = await TryAsync(other, act, show);
        if (expectedText != actualText)
            Fail("the last operation had different results", expectedText, actualText);
        return expected;
    }

    private static async Task<(T? Result, string Text)> TryAsync<T>(
        ComparedStore side, Func<ComparedStore, Task<T>> act, Func<T, string>? show)
    {
        try
        {
            T result = await act(side);
            return (result, show?.Invoke(result) ?? $"{result}");
        }
        catch (EpochLostException lost)
        {
            return (default, $"{side.NameOf(lost.Epoch)} has lost its epoch");
        }
    }

    private void Fail(string what, string expected, string actual) => Assert.Fail(
        $"Seed {seed}: {what}.\n\nThe model:\n{expected}\n\nThe store:\n{actual}\n\nOperations:\n"
        + string.Join('\n', operations.Select((operation, i) => $"{i + 1}. {operation}")));
}
