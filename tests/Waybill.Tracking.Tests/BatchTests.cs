using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public sealed record Wave(string Method);

/// <summary>Elements that are held and released together, from the journal to the answers of tracking.</summary>
public abstract class BatchTests : TrackingTestBase
{
    private static readonly Node<Wave> Walk = new("walk");
    private static readonly Node<Parcel> Sort = new("sort");
    private static readonly Node<Parcel> Picklist = new("picklist");
    private static readonly Node<Parcel, string> Ship = new("ship");

    private readonly Workflow<Wave, string> waves = Workflow<Wave, string>.Named("waves")
        .StartsAt(Walk)
        .Node(Walk, node => node.Finishes().Run(element => Route.Finish(element.Data.Method)));

    [Fact]
    public async Task A_held_element_is_shown_as_held_and_later_with_the_batch_it_went_in()
    {
        Workflow<Parcel, string> parcels = Workflow<Parcel, string>.Named("parcels")
            .StartsAt(Sort)
            .Node(Sort, node => node.GoesTo(Picklist).Run(element => Route.To(Picklist, element.Data)))
            .Holds(Picklist, held => held.GroupBy(parcel => parcel.City)
                .ReleasesTo(waves, release => new Wave(release.Group!), Ship))
            .Node(Ship, node => node.Finishes().Run((_, replies) => Route.Finish($"{replies.Count}")));
        await using TestSite site = new(waves, parcels);
        TrackingFeed feed = new("site", site.Store, Store, new TrackingOptions(), site.Time);
        ElementId id = (await site.Client.SubmitAsync(parcels, "parcel-1", new Parcel("Lund"))).Id;
        await site.Client.SubmitAsync(parcels, "parcel-2", new Parcel("Lund"));
        await site.RunUntilQuietAsync();
        await feed.PumpAllAsync();
        Tracker tracker = new(Store, site.Time);
        long held = await tracker.CountAsync(new TrackedFilter { Node = "picklist", State = TrackedState.Held });

        await site.Client.Held(parcels, Picklist).ReleaseAsync(
            new HeldFilter { Group = "Lund" }, new Actor("clerk", "the van is here"));
        await feed.PumpAllAsync();
        long batched = await tracker.CountAsync(new TrackedFilter { Node = "ship", State = TrackedState.Batched });
        await site.RunUntilQuietAsync();
        await feed.PumpAllAsync();
        await Store.MoveAsync(10, Cancel);

        Family family = (await tracker.FamilyAsync(id))!;
        FamilyMember batch = Assert.Single(family.Batches);
        Assert.Equal((2, 2), (held, batched));
        Assert.Equal(
            [
                JournalKind.Accepted, JournalKind.Moved, JournalKind.Batched, JournalKind.Returned,
                JournalKind.Finished,
            ],
            family.Root.Steps.Select(step => step.Kind));
        Assert.StartsWith("Lund", batch.Element.BusinessKey);
        Assert.Contains("the van is here", batch.Steps[0].Detail);
        Assert.Equal((JournalKind.Released, JournalKind.Finished), (batch.Steps[0].Kind, batch.Steps[^1].Kind));
        Assert.Equal(0, await tracker.CountAsync(TrackedFilter.All));
    }
}

public sealed class SqliteBatches : BatchTests
{
    protected override TrackingFixture Create() => new SqliteTrackingFixture();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresBatches(SharedPostgres shared) : BatchTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);
}
