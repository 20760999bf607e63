using System.Text;

namespace Waybill.Stores.Tests.Migrating;

/// <summary>
/// Orders as the first version of a store left them, one for each thing that an element can be doing, and what has to
/// come of them. The scripts that write them into a database name them by their last digit.
/// </summary>
internal static class OldOrders
{
    public static readonly NodeAddress Authorise = new("orders", 1, "authorise");
    public static readonly NodeAddress Ship = new("orders", 1, "ship");
    public static readonly NodeAddress Join = new("orders", 1, "join");
    public static readonly NodeAddress Pack = new("parts", 1, "pack");

    public static readonly ElementId Waiting = Id(1);
    public static readonly ElementId Owned = Id(2);
    public static readonly ElementId Calling = Id(3);
    public static readonly ElementId Called = Id(4);
    public static readonly ElementId Sidelined = Id(5);
    public static readonly ElementId Ended = Id(6);
    public static readonly ElementId Signalled = Id(7);

    public static ElementId Id(int number) => new(new Guid($"00000000-0000-0000-0000-00000000000{number}"));

    /// <summary>Everything stands where it stood, and nothing of it was lost.</summary>
    public static async Task AssertKeptAsync(ISiteStore store)
    {
        Page<ElementSummary> all = await store.Directory.ListAsync(ElementFilter.All, new PageRequest(), default);
        Assert.Equal(
            [
                (Waiting, ElementState.Ready, Authorise, 0), (Owned, ElementState.Owned, Ship, 2),
                (Calling, ElementState.Calling, Join, 1), (Called, ElementState.Ready, Pack, 0),
                (Sidelined, ElementState.Sidelined, Authorise, 1), (Signalled, ElementState.AwaitingSignal, Ship, 1),
            ],
            all.Items.Select(element => (element.Id, element.State, element.Node, element.Hop)));
        ElementDetails order = (await store.Directory.FindAsync(ElementRef.Of(Waiting), default))!;
        Assert.Equal("""{"number":1}""", Encoding.UTF8.GetString(order.Data.Span));
        TicketRecord ended = (await store.Tickets.FindAsync(ElementRef.Of("orders", "order-6"), default))!;
        Assert.Equal((Ended, Ending.Finished, "\"sent\""),
            (ended.Id, ended.Ending!.Value, Encoding.UTF8.GetString(ended.Result.Span)));
        SidelinedElement sidelined =
            Assert.Single((await store.Sidelined.ListAsync(SidelinedFilter.All, new PageRequest(), default)).Items);
        Assert.Equal(new Failure("Bank", "is away", null, "authorise", 3), sidelined.Failure);
        Assert.Equal(
            Enumerable.Range(1, 7).Select(Id),
            (await store.Journal.ReadAsync(default, 100, default)).Select(row => row.Element));
    }

    /// <summary>Goes on with all of them to their ends, and takes in another.</summary>
    public static async Task GoOnAsync(ISiteStore store)
    {
        WorkerEpoch worker = await store.Workers.RegisterAsync("new", TimeSpan.FromHours(1), default);
        Assert.Equal(1, await store.Workers.ReclaimAsync(10, default));
        SidelinedElement sidelined =
            Assert.Single((await store.Sidelined.ListAsync(SidelinedFilter.All, new PageRequest(), default)).Items);
        Hop retry = new()
        {
            Key = sidelined.Key,
            Id = sidelined.Id,
            From = sidelined.Hop,
            Node = sidelined.Node,
            To = new Destination.Enqueue(new QueueSlot(sidelined.Node)),
            Kind = JournalKind.Resumed,
            Data = sidelined.Data,
        };
        Assert.Equal(HopStatus.Applied, Assert.Single(await store.Sidelined.ActAsync([retry], default)).Status);
        Assert.Equal([true], await store.Elements.SignalAsync(
            [new SignalDelivery(ElementRef.Of(Signalled), "paid", Encoding.UTF8.GetBytes("5"))], default));
        NewElement another = new(Id(8), new QueueSlot(Authorise), "order-8", Encoding.UTF8.GetBytes("{}"));
        Assert.Equal([new Acceptance(Id(8), true)], await store.Elements.AcceptAsync([another], default));
        Assert.Equal(
            [new Acceptance(Waiting, false)],
            await store.Elements.AcceptAsync([another with { Id = Id(9), BusinessKey = "order-1" }], default));

        Assert.Equal([Called], await FinishAllAsync(store, worker, Pack));
        Assert.Equal([Calling], await FinishAllAsync(store, worker, Join));
        Assert.Equal([Owned, Signalled], await FinishAllAsync(store, worker, Ship));
        Assert.Equal([Waiting, Sidelined, Id(8)], await FinishAllAsync(store, worker, Authorise));

        Assert.Equal(0, await store.Directory.CountAsync(ElementFilter.All, default));
        Assert.Equal(7, await store.Tickets.CountAsync(new TicketFilter { Ending = Ending.Finished }, default));
    }

    private static async Task<ElementId[]> FinishAllAsync(ISiteStore store, WorkerEpoch worker, NodeAddress node)
    {
        IReadOnlyList<ClaimedElement> claimed =
            await store.Elements.ClaimAsync(worker, [new ClaimRequest(node, 10)], default);
        IReadOnlyList<HopOutcome> outcomes =
            await store.Elements.CommitAsync(worker, [.. claimed.Select(ToEnd)], default);
        Assert.All(outcomes, outcome => Assert.Equal(HopStatus.Applied, outcome.Status));
        return [.. claimed.Select(element => element.Id).Order()];
    }

    private static Hop ToEnd(ClaimedElement element) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Node = element.Node,
        To = new Destination.End(Ending.Finished, Encoding.UTF8.GetBytes("1"), null),
        Kind = JournalKind.Finished,
        Data = element.Data,
        Caller = element.Caller,
        ConsumesReplies = element.Replies.Count > 0,
    };
}
