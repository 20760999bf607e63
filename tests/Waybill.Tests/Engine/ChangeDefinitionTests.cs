using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeDefinitionTests
{
    private static readonly Change<string> NoteChange = new("note-change");

    [Fact]
    public void All_faults_of_changes_are_told_at_once()
    {
        Node<Parcel> nowhere = new("nowhere");
        Workflow<Parcel, string> broken = Single(_ => Route.Finish("x"), name: "broken")
            .Changes(NoteChange, c => c.AcceptedAt([First, First, nowhere], Noted).TooLateFrom(First))
            .Changes(
                new Change<int>("note-change"), c => c.DecidedBy<string>((_, _, _) => ChangeDecision.Rejects("no")))
            .Changes(new Change<int>("cancel"), c => c.TooLateFrom(First))
            .Changes(
                new Change<int>("both"),
                c => c
                    .AcceptedAt([First], (parcel, _) => Changed.To(parcel))
                    .DecidedBy<Parcel>((_, _, _) => ChangeDecision.Rejects("no"))
                    .DecidedBy<Parcel>((_, _, _) => ChangeDecision.Forwards()))
            .CancelTooLateFrom(Third);

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(broken));

        string[] expected =
        [
            "declares change \"note-change\" twice",
            "\"note-change\" is declared with different types: String, Int32",
            "\"note-change\" of workflow broken:1 is accepted twice at node \"first\"",
            "\"note-change\" of workflow broken:1 is both accepted and too late at node \"first\"",
            "\"note-change\" of workflow broken:1 is decided for String, which no node of the workflow has",
            "Change \"note-change\" of workflow broken:1 names node \"nowhere\", which the workflow does not have",
            "\"cancel\" of workflow broken:1 has a reserved name",
            "\"cancel\" of workflow broken:1 can never apply",
            "\"both\" of workflow broken:1 is both accepted at nodes and decided by the workflow",
            "\"both\" of workflow broken:1 is decided twice for Parcel",
            "CancelTooLateFrom of workflow broken:1 names node \"third\"",
        ];
        Assert.All(expected, fault => Assert.Contains(error.Faults, told => told.Contains(fault)));
    }

    [Fact]
    public async Task The_pipeline_tells_changes_and_points_of_no_return()
    {
        Workflow<Parcel, string> parcels = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("x")).Finishes())
            .Changes(NoteChange, c => c.AcceptedAt([First], Noted).TooLateFrom(Second))
            .CancelTooLateFrom(Second);
        Workflow<Parcel, string> orders = Single(_ => Route.Finish("x"), name: "orders")
            .Changes(NoteChange, c => c.DecidedBy<Parcel>((_, _, _) => ChangeDecision.Forwards()));
        await using TestSite site = new(parcels, orders);

        string text = site.Client.DescribePipeline();

        Assert.Contains("  change note-change: accepted at first, too late at second", text);
        Assert.Contains("  change cancel: accepted elsewhere, too late at second", text);
        Assert.Contains("  change note-change: decided by the workflow", text);
    }

    private static Changed<Parcel> Noted(Parcel parcel, string note) => Changed.To(parcel with { Note = note });
}
