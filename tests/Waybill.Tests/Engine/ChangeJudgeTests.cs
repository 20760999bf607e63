using System.Text;
using System.Text.Json.Nodes;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Stores;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeJudgeTests
{
    private static readonly Change<string> NoteChange = new("note-change");

    private readonly ChangeId id = new(Guid.CreateVersion7());

    [Fact]
    public void A_node_that_accepts_applies_and_keeps_members_that_this_version_does_not_know()
    {
        Judgement judgement = Judge("first", """{"note":"old","count":1,"colour":"red"}""");

        Assert.Equal(ChangeVerdict.Applies, judgement.Answer.Verdict);
        Assert.Equal("""{"from":{"note":"old"},"to":{"note":"new"}}""", judgement.Answer.Difference);
        Assert.Equal("red", (string?)JsonNode.Parse(judgement.Data.Span)!["colour"]);
    }

    [Theory]
    [InlineData("second", ChangeVerdict.ComesTooLate)]
    [InlineData("third", ChangeVerdict.Stays)]
    [InlineData("elsewhere", ChangeVerdict.Stays)]
    public void A_node_past_return_is_too_late_and_one_that_says_nothing_lets_it_follow(
        string node, ChangeVerdict expected) =>
        Assert.Equal(expected, Judge(node, """{"note":"old"}""").Answer.Verdict);

    [Fact]
    public void One_that_is_not_concerned_only_carries_it() =>
        Assert.Equal(ChangeVerdict.Stays, Judge("first", "{}", isConcerned: false).Answer.Verdict);

    [Fact]
    public void Data_that_cannot_be_read_keeps_it_pending() =>
        Assert.Equal(ChangeVerdict.Stays, Judge("first", "[]").Answer.Verdict);

    [Theory]
    [InlineData("\"throw\"", "it broke")]
    [InlineData("\"refuse\"", "not this one")]
    [InlineData("\"priority\"", "no priority")]
    [InlineData("\"large\"", "bytes, the limit is")]
    [InlineData("17", "cannot be read as System.String")]
    public void What_cannot_be_applied_is_rejected_with_its_reason(string payload, string reason)
    {
        Judgement judgement = Judge("first", """{"note":"old"}""", payload);

        Assert.Equal(ChangeVerdict.Rejects, judgement.Answer.Verdict);
        Assert.Contains(reason, judgement.Answer.Reason);
    }

    [Fact]
    public void A_hop_is_answered_for_the_node_where_it_arrives_with_its_place_there()
    {
        ChangeJudge judge = new(Site());
        NodeAddress first = new("parcels", 1, "first");
        Hop hop = new()
        {
            Key = 1,
            Id = new ElementId(Guid.Empty),
            From = 3,
            Node = new NodeAddress("parcels", 1, "third"),
            To = new Destination.Enqueue(new QueueSlot(first)),
            Kind = JournalKind.Moved,
            Data = Encoding.UTF8.GetBytes("""{"note":"old"}"""),
        };
        ChangeId another = new(Guid.CreateVersion7());

        Hop answered = judge.Answered(hop, [Mark(id, "\"new\""), Mark(another, "\"newest\"")]);

        Assert.Equal([id, another], answered.Changes.Select(answer => answer.Change));
        Assert.Equal("""{"from":{"note":"new"},"to":{"note":"newest"}}""", answered.Changes[1].Difference);
        Assert.Equal(new Destination.Enqueue(new QueueSlot(first, Rank: -6)), answered.To);
        Assert.Empty(judge.Answered(hop, []).Changes);
    }

    private static SiteDefinition Site()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => Route.To(Second, e.Data))
                .GoesTo(Second)
                .Priority(p => p.Note == "priority" ? throw new IOException("no priority") : p.Note.Length))
            .Node(Second, n => n.Run(e => Route.To(Third, e.Data)).GoesTo(Third))
            .Node(Third, n => n.Run(_ => Route.Finish("x")).Finishes())
            .Changes(NoteChange, c => c
                .AcceptedAt([First], (parcel, note) => note switch
                {
                    "throw" => throw new IOException("it broke"),
                    "refuse" => Changed.Rejected("not this one"),
                    "large" => Changed.To(parcel with { Note = new string('x', 2000) }),
                    _ => Changed.To(parcel with { Note = note }),
                })
                .TooLateFrom(Second));
        return SiteDefinition.Checked([flow], new SiteOptions { WorkerName = "test", DataMaxBytes = 1000 });
    }

    private static ChangeMark Mark(ChangeId change, string payload, bool isConcerned = true) =>
        new(change, NoteChange.Name, Encoding.UTF8.GetBytes(payload), isConcerned);

    private Judgement Judge(string node, string data, string payload = "\"new\"", bool isConcerned = true) =>
        new ChangeJudge(Site()).Judge(
            new NodeAddress("parcels", 1, node), Encoding.UTF8.GetBytes(data), Mark(id, payload, isConcerned), []);
}
