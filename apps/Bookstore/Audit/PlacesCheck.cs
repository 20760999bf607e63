using System.Globalization;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Audit;

/// <summary>
/// Each accepted element is in exactly one place: in flight, or ended with a ticket that says how. Batches are made by
/// the site itself and have no ticket; who is in one is not left alone by it.
/// </summary>
internal static class PlacesCheck
{
    private static readonly string[] Batches = [Waves.Workflow.Name, Settlements.Workflow.Name];

    public static async Task<(Finding Finding, long InFlight)> RunAsync(ISiteStore store, CancellationToken cancel)
    {
        List<TicketRecord> open = await Listing.AllAsync(
            page => store.Tickets.ListAsync(new TicketFilter { HasEnded = false }, page, cancel));
        long ended = await store.Tickets.CountAsync(new TicketFilter { HasEnded = true }, cancel);
        List<ElementSummary> elements = await Listing.AllAsync(
            page => store.Directory.ListAsync(ElementFilter.All, page, cancel));

        Dictionary<ElementId, ElementSummary> byId = elements.ToDictionary(element => element.Id);
        HashSet<ElementId> ticketed = [.. open.Select(ticket => ticket.Id)];
        IEnumerable<Fault> lost = open
            .Where(ticket => !byId.ContainsKey(ticket.Id))
            .Select(ticket => new Fault(
                $"{ticket.Workflow} {ticket.BusinessKey}", "has an open ticket and is nowhere"));
        IEnumerable<Fault> unowned = elements
            .Where(element => element.Caller is null && !IsBatch(element) && !ticketed.Contains(element.Id))
            .Select(element => new Fault(NameOf(element), "is in flight without an open ticket"));
        IEnumerable<Fault> orphans = elements
            .Where(element => element.Caller is { } caller && !byId.ContainsKey(caller))
            .Select(element => new Fault(NameOf(element), $"was called by {element.Caller}, which is not in flight"));
        HashSet<ElementId> members = [];
        foreach (ElementSummary batch in elements.Where(IsBatch))
            members.UnionWith(await MembersAsync(store, batch.Id, cancel));
        IEnumerable<Fault> strays = elements
            .Where(element => element.State == ElementState.Batched && !members.Contains(element.Id))
            .Select(element => new Fault(NameOf(element), "is a member of a batch that is not in flight"));
        long sidelined = elements.Count(element => element.State == ElementState.Sidelined);
        string seen = string.Create(
            CultureInfo.InvariantCulture,
            $"{ended:N0} tickets ended, {open.Count:N0} open; "
            + $"{elements.Count:N0} elements in flight, {sidelined:N0} of them sidelined");
        Fault[] faults = [.. lost, .. unowned, .. orphans, .. strays];
        return (new Finding("every element is in one place", seen, faults), elements.Count);
    }

    private static bool IsBatch(ElementSummary element) => Batches.Contains(element.Node.Workflow);

    private static async Task<IEnumerable<ElementId>> MembersAsync(
        ISiteStore store, ElementId batch, CancellationToken cancel)
    {
        ElementFilter filter = new() { Batch = batch };
        List<ElementSummary> members = await Listing.AllAsync(
            page => store.Directory.ListAsync(filter, page, cancel));
        return members.Select(member => member.Id);
    }

    private static string NameOf(ElementSummary element) =>
        $"{element.Node.Workflow} {element.BusinessKey} ({element.Id})";
}
