using System.Globalization;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Audit;

/// <summary>Whoever is in a wave or a settlement is in one that is under way, and in no other.</summary>
internal static class BatchesCheck
{
    public static async Task<Finding> RunAsync(ISiteStore store, CancellationToken cancel)
    {
        List<ElementSummary> waiting = await Listing.AllAsync(
            page => store.Directory.ListAsync(new ElementFilter { State = ElementState.Batched }, page, cancel));
        List<ElementSummary> batches = [];
        foreach (string workflow in (string[])[Waves.Workflow.Name, Settlements.Workflow.Name])
        {
            batches.AddRange(await Listing.AllAsync(
                page => store.Directory.ListAsync(new ElementFilter { Workflow = workflow }, page, cancel)));
        }

        Dictionary<ElementId, int> batchesOf = [];
        foreach (ElementSummary batch in batches)
        {
            foreach (BatchMember member in await Listing.AllAsync(
                page => store.Held.MembersAsync(batch.Id, page, cancel)))
                batchesOf[member.Id] = batchesOf.GetValueOrDefault(member.Id) + 1;
        }

        Fault[] faults = [.. waiting
            .Where(element => batchesOf.GetValueOrDefault(element.Id) != 1)
            .Select(element => new Fault(
                $"{element.Node.Workflow} {element.BusinessKey}",
                $"waits for a batch and is in {batchesOf.GetValueOrDefault(element.Id)}"))];
        return new Finding(
            "who waits for a batch is in one",
            string.Create(
                CultureInfo.InvariantCulture, $"{batches.Count:N0} batches under way, {waiting.Count:N0} members"),
            faults);
    }
}
