using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Tracking.Reading;

/// <summary>Reads families: an element with its history, all that it called, and the batches on the way.</summary>
internal sealed class FamilyReading(Shelves shelves, SubjectKeys keys, HistoryReading histories, DateTimeOffset now)
{
    public static async Task<FamilyReading> BeginAsync(Shelves shelves, DateTimeOffset now)
    {
        SubjectKeys keys = new(shelves.Tracking);
        return new FamilyReading(shelves, keys, await HistoryReading.BeginAsync(shelves, keys), now);
    }

    /// <summary>The family that an element belongs to, wherever in it that is; null when nobody knows it.</summary>
    public async Task<Family?> ReadAsync(ElementId id)
    {
        if (await LocateAsync(id) is not { } found)
            return null;
        FamilyMember root = await TreeAsync(found.Shelf, found.Element.Root);
        List<FamilyMember> batches = [];
        foreach (ElementId batch in root.All().SelectMany(BatchesOf).Distinct().ToArray())
        {
            if (await LocateAsync(batch) is { } located)
                batches.Add(await TreeAsync(located.Shelf, located.Element.Root));
        }

        return new Family(root, batches);
    }

    /// <summary>Where an element stands; one of which only late notes are known is the last choice.</summary>
    private async Task<(Shelf Shelf, FoundElement Element)?> LocateAsync(ElementId id)
    {
        (Shelf Shelf, FoundElement Element)? noteOnly = null;
        foreach (Shelf shelf in shelves.All)
        {
            foreach (FoundElement found in await shelf.FindAsync(new Condition().And("e.id = @", id)))
            {
                if (!found.IsNoteOnly)
                    return (shelf, found);
                noteOnly ??= (shelf, found);
            }
        }

        return noteOnly;
    }

    private async Task<FamilyMember> TreeAsync(Shelf shelf, long root)
    {
        Condition family = new();
        string key = family.Name(root);
        family.And($"(e.key = {key} or (e.root = {key} and e.root <> e.key))");
        List<FoundElement> members = await shelf.FindAsync(family);
        ILookup<long, TrackedStep> steps = await histories.StepsAsync(shelf, members);
        List<TrackedElement> opened = await keys.OpenAsync(members);
        Dictionary<long, TrackedElement> elements =
            members.Zip(opened).ToDictionary(pair => pair.First.Key, pair => pair.Second);
        ILookup<long?, long> called = members.ToLookup(member => member.Parent, member => member.Key);
        return await MemberAsync(root, elements, steps, called);
    }

    private async Task<FamilyMember> MemberAsync(
        long key, Dictionary<long, TrackedElement> elements, ILookup<long, TrackedStep> steps,
        ILookup<long?, long> called)
    {
        TrackedElement element = elements[key];
        List<FamilyMember> below = [];
        foreach (long child in called[key])
            below.Add(await MemberAsync(child, elements, steps, called));
        TrackedStep[] history = [.. steps[key], .. element.EndedAt is null ? [] : await LateStepsAsync(element, key)];
        return new FamilyMember(element, history, HistoryReading.Times(history, element.EndedAt ?? now), below);
    }

    /// <summary>What was still heard of an element after it had been moved to the warehouse.</summary>
    private async Task<List<TrackedStep>> LateStepsAsync(TrackedElement element, long key)
    {
        List<TrackedStep> late = [];
        foreach (Shelf shelf in element.IsArchived ? shelves.All : [])
        {
            Condition notes = new Condition().And("e.id = @", element.Id).And("e.key <> @", key);
            List<FoundElement> found = await shelf.FindAsync(notes);
            late.AddRange((await histories.StepsAsync(shelf, found)).SelectMany(steps => steps));
        }

        return [.. late.OrderBy(step => step.At)];
    }

    private static IEnumerable<ElementId> BatchesOf(FamilyMember member)
    {
        foreach (TrackedStep step in member.Steps)
        {
            if (step is not { Kind: JournalKind.Batched, Detail: { } detail })
                continue;
            using JsonDocument document = JsonDocument.Parse(detail);
            if (document.RootElement.TryGetProperty("batch", out JsonElement batch))
                yield return new ElementId(batch.GetGuid());
        }
    }
}
