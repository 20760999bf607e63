using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class DefinitionTests
{
    [Fact]
    public void All_faults_are_told_at_once()
    {
        Node<Parcel> lost = new("lost");
        Node<Parcel> nowhere = new("nowhere");
        Workflow<Parcel, string> uncalled = Single(_ => Route.Finish("x"), name: "uncalled");
        Workflow<Parcel, string> broken = Flow("broken")
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second, nowhere).Calls(uncalled, Joined))
            .Node(Second, n => n.GoesTo(First))
            .Node(Joined, n => n.Run((_, _) => Route.Fail("no")))
            .Node(lost, n => n.Run(_ => Route.Finish("x")).Finishes());

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(broken));

        string[] expected =
        [
            "names node \"nowhere\", which the workflow does not have",
            "calls uncalled:1, which this site does not define",
            "Node \"second\" of workflow broken:1 has no code",
            "Node \"joined\" of workflow broken:1 is a dead end",
            "Node \"lost\" of workflow broken:1 cannot be reached",
            "Node \"first\" of workflow broken:1 has no way to finish",
        ];
        Assert.All(expected, fault => Assert.Contains(error.Faults, told => told.Contains(fault)));
        Assert.All(error.Faults, fault => Assert.Contains(fault, error.Message));
    }

    [Fact]
    public void A_workflow_without_a_way_in_or_out_and_one_defined_twice_are_refused()
    {
        Workflow<Parcel, string> empty = Workflow<Parcel, string>.Named("empty");

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(empty, empty));

        Assert.Contains(error.Faults, fault => fault.Contains("empty:1 is defined twice"));
        Assert.Contains(error.Faults, fault => fault.Contains("has no way in"));
        Assert.Contains(error.Faults, fault => fault.Contains("has no way to finish"));
    }

    [Fact]
    public void Two_nodes_of_one_name_are_refused()
    {
        Workflow<Parcel, string> twice = Single(_ => Route.Finish("x"))
            .Node(First, n => n.Run(_ => Route.Finish("y")).Finishes());

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(twice));

        Assert.Contains("has two nodes named \"first\"", Assert.Single(error.Faults));
    }

    [Fact]
    public void Two_versions_that_upgrade_the_same_old_node_are_refused()
    {
        Workflow<Parcel, string>[] both =
        [
            .. new[] { 2, 3 }.Select(version => Flow(version: version)
                .Node(First, n => n.Run(_ => Route.Finish("x")).Finishes())
                .UpgradesFrom<Parcel, Parcel>(1, parcel => parcel, ("old", First))),
        ];

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(both));

        Assert.Contains("parcels:1/old", Assert.Single(error.Faults));
    }

    [Fact]
    public void A_cancel_node_of_other_data_is_refused()
    {
        Node<int> undo = new("undo");
        Workflow<int, string> flow = Workflow<int, string>.Named("numbers").StartsAt(undo).CancelsTo(undo)
            .Node(undo, n => n.Run(_ => Route.To(First, new Parcel())).GoesTo(First))
            .Node(First, n => n.Run(_ => Route.Finish("x")).Finishes());

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(flow));

        Assert.Contains("cancels to \"undo\"", Assert.Single(error.Faults));
    }

    [Fact]
    public void Options_that_cannot_work_are_told_together_with_hosted_nodes_that_match_nothing()
    {
        SiteOptions options = new() { InFlightMax = 0, LeaseDuration = TimeSpan.Zero, WorkerName = " " };
        options.HostedNodes.Add("parcels/frist");

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(
            new TestSiteSetup { Workflows = [Single(_ => Route.Finish("x"))], Options = options }));

        Assert.Equal(4, error.Faults.Count);
        Assert.Contains(error.Faults, fault => fault.Contains("\"parcels/frist\" matches no node"));
    }

    [Fact]
    public async Task The_pipeline_prints_itself()
    {
        Workflow<Parcel, string> called = Single(_ => Route.Finish("x"), name: "called");
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => Route.To(Second, e.Data)).Purpose("Looks at the parcel.")
                .GoesTo(Second).Calls(called, Joined).WaitsFor(Paid, Signalled).RateLimit(5, TimeSpan.FromSeconds(1)))
            .Node(Second, n => n.Run(_ => Route.Finish("x")).Finishes().OrderedBy(_ => "k"))
            .Node(Joined, n => n.Run((_, _) => Route.Finish("x")).Finishes())
            .Node(Signalled, n => n.Run((_, _) => Route.Finish("x")).Finishes());
        await using TestSite site = new(flow, called);

        string text = site.Client.DescribePipeline();

        string[] expected =
        [
            "parcels:1: Parcel -> String", "first [start]: Looks at the parcel.", "-> second",
            "calls called:1, goes on at joined", "waits for signal paid, goes on at signalled", "-> finish",
            "5 per 00:00:01", "in order of each key", "sidelined, when retries run out",
        ];
        Assert.All(expected, part => Assert.Contains(part, text));
    }
}
