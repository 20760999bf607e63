using Waybill.Testing;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HoldDefinitionTests
{
    [Fact]
    public void All_faults_of_an_aggregation_queue_are_told_at_once()
    {
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Picked)
            .Node(Picked, n => n.Run((s, _) => Route.To(Picklist, s.Data)).GoesTo(Picklist).Finishes())
            .Holds(Picklist, h => h
                .Columns(s => new { Weight = s.Grams * 0.5, s.Zone, ZONE = s.Method, group = s.Kind, a_b = s.Grams })
                .Columns(s => s.Zone)
                .WhenSum(s => s.GroupSize, 1)
                .WhenComplete(s => s.Zone!.Length));

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(flow));

        string[] expected =
        [
            "it has no group key",
            "columns are \"s => s.Zone\"",
            "it does not say what its elements are released into",
            "column \"weight\" is a Double",
            "column \"zone\" is declared twice",
            "\"group\" stands for the group key",
            "\"a_b\" cannot be a column",
            "the rule \"when _.GroupSize comes to 1\" needs a column",
            "the rule \"when as many are held as _.Zone.Length says\" needs a column",
        ];
        Assert.All(expected, fault => Assert.Contains(
            error.Faults, told => told.Contains($"queue \"picklist\" of workflow shipments:1: {fault}")));
    }

    [Fact]
    public void An_unknown_batch_workflow_or_node_to_go_on_at_is_told()
    {
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Inbox)
            .Node(Inbox, n => n.Run(s => Route.To(Picklist, s.Data)).GoesTo(Picklist).Finishes())
            .Holds(Picklist, h => Held(h, Waves()));

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(flow));

        Assert.Contains(error.Faults, fault => fault.Contains("names node \"picked\", which the workflow does not"));
        Assert.Contains(error.Faults, fault => fault.Contains("releases to waves:1, which this site does not define"));
    }

    [Fact]
    public void Batches_cannot_begin_at_a_queue_and_members_cannot_go_on_in_a_line()
    {
        Node<Wave> heldWaves = new("held-waves");
        Node<Wave, string> done = new("done");
        Workflow<Wave, string> waves = Workflow<Wave, string>.Named("waves").StartsAt(heldWaves)
            .Holds(heldWaves, h => h.GroupBy(w => w.Group).ReleasesTo(Waves(), r => new Wave("", r.By), done))
            .Node(done, n => n.Run((_, _) => Route.Finish("")).Finishes());
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n.Run((_, _) => Route.Finish("")).Finishes().OrderedBy(s => s.Zone));

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(flow, waves));

        Assert.Contains(error.Faults, fault => fault.Contains("which starts at an aggregation queue"));
        Assert.Contains(error.Faults, fault => fault.Contains("which is OrderedBy a key"));
    }

    [Fact]
    public void The_pipeline_tells_what_is_held_and_how_it_is_released()
    {
        Workflow<Wave, string> waves = Waves();
        TestSite site = new(waves, Shipments(waves, h => h
            .Purpose("Waits for its wave.").WhenCount(40).WhenSum(s => s.Grams, 500_000)
            .WhenOldest(TimeSpan.FromMinutes(30)).At(TimeZoneInfo.Utc, new TimeOnly(17, 30), new TimeOnly(9, 0))
            .WhenComplete(s => s.GroupSize).BatchMax(500)));

        string text = site.Client.DescribePipeline();

        Assert.Contains("picklist [start]: Waits for its wave.", text);
        Assert.Contains("-> released to waves:1, goes on at picked", text);
        Assert.Contains(
            "holds by group with columns [zone Text, grams Number, due Instant, kind Text, groupSize Number], "
            + "released when 40 are held, released when grams comes to 500000, "
            + "released when the oldest is held for 00:30:00, released at 09:00:00, 17:30:00 UTC, "
            + "released when as many are held as groupSize says, at most 500 a batch",
            text);
    }
}
