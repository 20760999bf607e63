using System.Globalization;
using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Makes the batch element of a release, and all else that the store is to know of the release.</summary>
internal sealed class BatchBuilder(SiteDefinition site, Func<ElementId> newId)
{
    /// <summary>A release of what matches.</summary>
    /// <param name="queue">The queue's node.</param>
    /// <param name="filter">Which elements.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="gate">What must be true of them.</param>
    /// <param name="actor">Who releases; a rule as it is declared.</param>
    /// <param name="at">The present.</param>
    /// <exception cref="Exception">Whatever the code throws that makes the batch's data.</exception>
    public HeldRelease Release(
        PlacedNode queue, HeldFilter filter, int max, HeldGate? gate, Actor actor, DateTimeOffset at)
    {
        BatchTarget target = queue.Definition.Hold!.Target!;
        PlacedNode start = site.StartOf(target.Workflow);
        object input = target.Input(new BatchRelease(queue.Address, filter.Group, actor.Name, at));
        string key = KeyOf(queue, filter.Group, at);
        byte[] data = DataLimit.Checked(
            site.Codecs.For(target.Workflow.InputType).Write(input), site.Options, $"batch \"{key}\"");
        QueueSlot slot = SiteDefinition.SlotFor(start, input);
        return new HeldRelease
        {
            Queue = queue.Address,
            Filter = filter,
            Max = max,
            ResumeAt = queue.AddressOf(target.ResumesAt),
            Batch = new NewElement(newId(), slot, key, data, FactsWriter.OfAcceptance(start, input, slot))
            {
                Trace = Tracing.Current,
            },
            Gate = gate,
            Note = new ReleaseNote(actor.Name, actor.Reason, HeldFilterText.Of(filter)),
        };
    }

    // For people; it need not be unique, since a batch has no ticket.
    private static string KeyOf(PlacedNode queue, string? group, DateTimeOffset at)
    {
        string when = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Names.BatchKey(group ?? queue.Address.Node, when);
    }
}
