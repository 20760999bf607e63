using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>What the suites share that deal with what is held: a queue, waves, and short words for them.</summary>
public abstract class HeldConformance : StoreConformance
{
    private protected static readonly NodeAddress Picklist = Shipment.Picklist;
    private protected static readonly NodeAddress Picked = new("orders", 1, "picked");
    private protected static readonly NodeAddress Wave = new("waves", 1, "pick");

    private protected Task DeclareAsync() => Store.Held.DeclareAsync([Shipment.Queue], Cancel);

    private protected NewElement NewHeld(Shipment shipment, string? key = null)
    {
        NewElement element = New(key, Picklist);
        return element with { Slot = element.Slot with { Held = shipment.ToRow() }, Data = shipment.ToData() };
    }

    /// <summary>Holds shipments, each in a transaction of its own.</summary>
    private protected async Task<IReadOnlyList<ElementId>> HoldAsync(params Shipment[] shipments)
    {
        await DeclareAsync();
        List<ElementId> ids = [];
        foreach (Shipment shipment in shipments)
            ids.Add(Assert.Single(await AcceptAsync(NewHeld(shipment))).Id);
        return ids;
    }

    private protected static Hop Hold(ClaimedElement element, Shipment shipment, TimeSpan? delay = null) =>
        element.To(new Destination.Enqueue(new QueueSlot(Picklist, Held: shipment.ToRow()), delay)) with
        {
            Data = shipment.ToData(),
        };

    private protected Task<HeldPage> ListAsync(HeldFilter? filter = null, HeldPageRequest? page = null) =>
        Store.Held.ListAsync(Picklist, filter ?? HeldFilter.All, page ?? new HeldPageRequest(), Cancel);

    private protected async Task<HeldElement> FindHeldAsync(ElementId id) =>
        Assert.Single((await ListAsync(new HeldFilter { Ids = [id] })).Items);

    private protected Task<IReadOnlyList<HeldGroup>> GroupAsync(HeldQuery query) =>
        Store.Held.GroupAsync(Picklist, query, Cancel);

    private protected HeldRelease NewRelease(HeldFilter? filter = null, int max = 1000, HeldGate? gate = null) => new()
    {
        Queue = Picklist,
        Filter = filter ?? HeldFilter.All,
        Max = max,
        ResumeAt = Picked,
        Batch = New(at: Wave, data: "[\"wave\"]"),
        Gate = gate,
        Note = new ReleaseNote("ann", "the van is here", "zone = \"A\""),
    };

    private protected async Task<HeldReleased> TryReleaseAsync(HeldRelease release) =>
        await Store.Held.ReleaseAsync(release, Cancel);

    /// <summary>Releases what must be there.</summary>
    private protected async Task<ElementId> ReleaseAsync(HeldFilter? filter = null, int max = 1000)
    {
        HeldRelease release = NewRelease(filter, max);
        Assert.Equal(HeldReleaseStatus.Released, (await TryReleaseAsync(release)).Status);
        return release.Batch.Id;
    }

    private protected async Task<IReadOnlyList<ElementId>> MembersAsync(ElementId batch) =>
        [.. (await Store.Held.MembersAsync(batch, new PageRequest(), Cancel)).Items.Select(member => member.Id)];

    private protected async Task<HopStatus> ActOnHeldAsync(Hop hop) =>
        Assert.Single(await Store.Held.ActAsync([hop], Cancel)).Status;

    private protected async Task<bool> AmendAsync(Amendment amendment) =>
        Assert.Single(await Store.Held.AmendAsync([amendment], Cancel));

    private protected static Hop Act(HeldElement element, Destination to, JournalKind kind, string data = "{}") => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Revision = element.Revision,
        Node = Picklist,
        To = to,
        Kind = kind,
        Data = Json(data),
        Caller = element.Caller,
    };

    private protected static Amendment Amend(HeldElement element, Shipment shipment) => new()
    {
        Key = element.Key,
        Id = element.Id,
        Hop = element.Hop,
        Revision = element.Revision,
        Data = shipment.ToData(),
        Slot = new QueueSlot(Picklist, Held: shipment.ToRow()),
        Detail = """{"by":"ann"}""",
    };

    /// <summary>Ends the only wave that is ready; a dropped one is sidelined first.</summary>
    private protected async Task EndBatchAsync(WorkerEpoch worker, Ending ending)
    {
        ClaimedElement wave = await ClaimOneAsync(worker, Wave);
        if (ending != Ending.Dropped)
        {
            Destination end = ending == Ending.Finished
                ? new Destination.End(ending, Json("[9]"), null)
                : new Destination.End(ending, default, "so it is");
            await ApplyAsync(worker, wave.To(end, JournalKind.Finished));
            return;
        }

        await ApplyAsync(worker, wave.Sideline());
        SidelinedElement sidelined = await FindSidelinedAsync(wave.Id);
        await ActAsync(sidelined.Act(new Destination.End(ending, default, "so it is"), JournalKind.Dropped));
    }
}
