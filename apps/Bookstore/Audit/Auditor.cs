using Bookstore.Domains;
using Bookstore.Storage;
using Waybill.Stores;

namespace Bookstore.Audit;

/// <summary>
/// Checks the books of a site that stands still, was killed, or is running. A running site moves between two reads:
/// then only what is wrong at several looks in a row is a fault.
/// </summary>
public sealed class Auditor(ISiteStore store, Database database)
{
    private const int LooksMax = 4;

    public async Task<IReadOnlyList<Finding>> AuditAsync(CancellationToken cancel)
    {
        IReadOnlyList<Finding> findings = await LookAsync(cancel);
        for (int look = 1; look < LooksMax && findings.Any(finding => finding.Faults.Count > 0); look++)
            findings = Persisting(findings, await LookAsync(cancel));
        return findings;
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancel)
    {
        (Finding places, long inFlight) = await PlacesCheck.RunAsync(store, cancel);
        List<Finding> findings =
        [
            places,
            await BatchesCheck.RunAsync(store, cancel),
            await UnitsCheck.RunAsync(database, cancel),
            await MoneyCheck.RunAsync(database, cancel),
            await OrdersCheck.RunAsync(store, database, cancel),
            await ParcelsCheck.RunAsync(store, database, cancel),
        ];
        if (inFlight == 0)
            findings.Add(await StillnessAsync(cancel));
        return findings;
    }

    private async Task<Finding> StillnessAsync(CancellationToken cancel)
    {
        Takings takings = await Takings.ReadAsync(database, cancel);
        Money open = takings.Authorised - takings.Captured - takings.Voided;
        List<Fault> faults = [];
        if (takings.Reserved != 0)
            faults.Add(new Fault("stock", $"{takings.Reserved} units are reserved for orders that are not in flight"));
        if (open != Money.Zero)
            faults.Add(new Fault("ledger", $"{open} are set aside on cards for orders that are not in flight"));
        IReadOnlyDictionary<ChangeOutcome, long> changes = await store.Changes.CountAsync(ChangeFilter.All, cancel);
        if (changes.GetValueOrDefault(ChangeOutcome.Pending) is > 0 and long pending)
            faults.Add(new Fault("changes", $"{pending} are pending at orders that are not in flight"));
        return new Finding("nothing is held or pending once all has ended", "nothing is in flight", faults);
    }

    private static IReadOnlyList<Finding> Persisting(IReadOnlyList<Finding> before, IReadOnlyList<Finding> now) =>
    [
        .. now.Select(finding =>
        {
            HashSet<string> known = [.. before
                .Where(earlier => earlier.Check == finding.Check)
                .SelectMany(earlier => earlier.Faults)
                .Select(fault => fault.Subject)];
            return finding with { Faults = [.. finding.Faults.Where(fault => known.Contains(fault.Subject))] };
        }),
    ];
}
