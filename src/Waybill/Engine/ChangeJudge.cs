using Waybill.Definition;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Says what a pending change comes to at a node, by what the node's workflow declares.</summary>
internal sealed class ChangeJudge(SiteDefinition site)
{
    private const int ReasonLengthMax = 1000;

    /// <summary>Puts a change to data at a node. Never throws: what cannot be applied is rejected.</summary>
    /// <param name="address">Where the element is, or arrives.</param>
    /// <param name="data">Its data there, UTF-8 JSON.</param>
    /// <param name="mark">The change.</param>
    /// <param name="parts">What the element called and is in flight.</param>
    public Judgement Judge(
        NodeAddress address, ReadOnlyMemory<byte> data, ChangeMark mark, IReadOnlyList<CalledPart> parts)
    {
        if (!mark.IsConcerned || site.Find(address) is not { } node || node.Change(mark.Type) is not { } change)
            return Judgement.Stays(mark.Change);
        if (change.IsPastReturn(node.Definition.Node))
        {
            return Judgement.Without(
                mark.Change, ChangeVerdict.ComesTooLate, $"\"{address.Node}\" is past the point of no return");
        }

        if (change.EffectAt(node.Definition.Node) is not { } effectOf)
            return Judgement.Stays(mark.Change);
        JsonCodec codec = site.Codecs.For(node.Definition.Node.DataType);
        object before;
        bool hasUnknownMembers;
        try
        {
            before = codec.ReadObject(data.Span, out hasUnknownMembers);
        }
        catch (RouteException)
        {
            // The element is about to be sidelined for it. A person may mend the data, and the change then applies.
            return Judgement.Stays(mark.Change);
        }

        try
        {
            object payload = site.Codecs.For(change.PayloadType).ReadObject(mark.Payload.Span);
            ChangeEffect effect = effectOf(before, payload, parts);
            return effect.Verdict switch
            {
                ChangeVerdict.Spreads when parts.Count == 0 => Judgement.Stays(mark.Change),
                ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads => Applied(
                    node, mark.Change, effect, data, codec.Rewrite(effect.Data!, data, hasUnknownMembers)),
                _ => Judgement.Without(mark.Change, effect.Verdict, effect.Reason),
            };
        }
        catch (RouteException error) when (error.Code == RouteException.KeyMissing)
        {
            // It waits for a process that has the key.
            return Judgement.Stays(mark.Change);
        }
        catch (Exception error)
        {
            string reason = site.IsSecretive(node.Workflow)
                ? $"{error.GetType().Name}; what it says is not kept, since the workflow's data is secret in part"
                : error.Message.Length <= ReasonLengthMax ? error.Message : error.Message[..ReasonLengthMax];
            return Judgement.Without(mark.Change, ChangeVerdict.Rejects, reason);
        }
    }

    /// <summary>Whether the answer depends on what the element called and is in flight.</summary>
    public bool NeedsParts(NodeAddress address, ChangeMark mark) =>
        mark.IsConcerned && site.Find(address)?.Change(mark.Type) is { IsDecided: true };

    /// <summary>
    /// The same hop with an answer to each change that is pending at its element, and the data, and the place in the
    /// queue, that the answers lead to. The changes are put to the node where the element arrives.
    /// </summary>
    public Hop Answered(Hop hop, IReadOnlyList<ChangeMark> marks)
    {
        if (SlotOf(hop.To) is not { } place)
            return hop;
        CalledPart[] parts = hop.To is Destination.Calls calls ? [.. calls.Elements.Select(ToPart)] : [];
        List<ChangeAnswer> answers = [];
        foreach (ChangeMark mark in marks)
        {
            Judgement judgement = Judge(place.Node, hop.Data, mark, parts);
            answers.Add(judgement.Answer);
            if (judgement.Slot is { } slot)
            {
                // What waits for something before it is held is not held yet.
                QueueSlot placed = place.Held is null ? slot with { Held = null } : slot;
                hop = hop with { Data = judgement.Data, To = Placed(hop.To, placed) };
            }
        }

        return hop with { Changes = answers };
    }

    private Judgement Applied(
        PlacedNode node, ChangeId change, ChangeEffect effect, ReadOnlyMemory<byte> before, byte[] after) => new(
        new ChangeAnswer(change, effect.Verdict, Difference: JsonDifference.Of(before, after)),
        DataLimit.Checked(after, site.Options, "the element with the change"),
        SiteDefinition.SlotFor(node, effect.Data!))
        {
            Facts = FactsWriter.OfAmendment(node, effect.Data!),
        };

    private static CalledPart ToPart(NewElement called) =>
        new(called.Id, called.BusinessKey, called.Slot.Node, ElementState.Ready);

    private static QueueSlot? SlotOf(Destination to) => to switch
    {
        Destination.HandOver handOver => new QueueSlot(handOver.Node),
        Destination.Enqueue enqueue => enqueue.Slot,
        Destination.Calls calls => calls.Slot,
        Destination.AwaitSignal signal => signal.Slot,
        Destination.Sideline sideline => new QueueSlot(sideline.Node),
        _ => null,
    };

    private static Destination Placed(Destination to, QueueSlot slot) => to switch
    {
        Destination.Enqueue enqueue => enqueue with { Slot = slot },
        Destination.Calls calls => calls with { Slot = slot },
        Destination.AwaitSignal signal => signal with { Slot = slot },
        Destination.Sideline sideline => sideline with { Slot = slot },
        _ => to,
    };
}

/// <summary>What a change comes to at one element.</summary>
/// <param name="Answer">The answer for the store.</param>
/// <param name="Data">The new data, UTF-8 JSON, when the change applies.</param>
/// <param name="Slot">Where data like that stands in the node's queue, when the change applies.</param>
internal sealed record Judgement(ChangeAnswer Answer, ReadOnlyMemory<byte> Data, QueueSlot? Slot)
{
    /// <summary>What readers of the journal are told, when the change applies where the element stands.</summary>
    public string? Facts { get; init; }

    public static Judgement Stays(ChangeId change) => Without(change, ChangeVerdict.Stays, null);

    /// <summary>One that leaves the data as it is.</summary>
    public static Judgement Without(ChangeId change, ChangeVerdict verdict, string? reason) =>
        new(new ChangeAnswer(change, verdict, reason), default, null);
}
