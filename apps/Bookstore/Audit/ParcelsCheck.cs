using System.Globalization;
using System.Text.Json;
using Bookstore.Domains;
using Bookstore.Storage;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Audit;

/// <summary>Every parcel went to the address that the ledger of changes says.</summary>
internal static class ParcelsCheck
{
    public static async Task<Finding> RunAsync(ISiteStore store, Database database, CancellationToken cancel)
    {
        List<Parcel> parcels = await new Parcels(database).AllAsync(cancel);
        List<ChangeRecord> changes = await Listing.AllAsync(
            page => store.Changes.ListAsync(new ChangeFilter { Type = CustomerChanges.Address.Name }, page, cancel));
        Applied[] applied = [.. changes.SelectMany(AppliedBy).OrderBy(one => one.At)];
        ILookup<string, Applied> toOrders = applied.Where(one => one.Order is not null).ToLookup(one => one.Order!);
        ILookup<ElementId, Applied> toElements = applied.ToLookup(one => one.Element);

        List<Fault> faults = [];
        int changed = 0;
        foreach (Parcel parcel in parcels)
        {
            string written = toOrders[parcel.Order]
                .LastOrDefault(one => one.Hop <= parcel.WrittenAtHop)?.Address ?? parcel.RegisteredAddress;
            string label = toElements[parcel.Element].LastOrDefault()?.Address ?? written;
            changed += label == parcel.RegisteredAddress ? 0 : 1;
            if (parcel.WrittenAddress != written)
                faults.Add(new Fault(
                    $"order {parcel.Order}",
                    $"was handed to {parcel.Centre} for {parcel.WrittenAddress}, not for {written}"));
            if (parcel.Address != label)
                faults.Add(new Fault(
                    $"order {parcel.Order}", $"parcel {parcel.Tracking} went to {parcel.Address}, not to {label}"));
        }

        string seen = string.Create(
            CultureInfo.InvariantCulture,
            $"{parcels.Count:N0} parcels, {changed:N0} of them to another address than the customer's");
        return new Finding("each parcel went where the ledger says", seen, faults);
    }

    private static IEnumerable<Applied> AppliedBy(ChangeRecord change)
    {
        AddressChange payload = JsonSerializer.Deserialize<AddressChange>(
            change.Payload.Span, BookstoreJson.Options)!;
        return change.Outcomes.Where(outcome => outcome.Outcome == ChangeOutcome.Applied).Select(outcome => new Applied(
            outcome.Element,
            outcome.Element == change.Element ? change.BusinessKey : null,
            outcome.Hop,
            outcome.At,
            payload.Address));
    }

    /// <summary>A change of address that an element took.</summary>
    /// <param name="Element">The element.</param>
    /// <param name="Order">The order's number, when the element is the order itself.</param>
    /// <param name="Hop">Its hop number then.</param>
    /// <param name="At">When.</param>
    /// <param name="Address">The address.</param>
    private sealed record Applied(ElementId Element, string? Order, int Hop, DateTimeOffset At, string Address);
}
