using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>Records of which some listings show nothing.</summary>
internal sealed class MutantRecords(ISiteStore store, Random chance) : RecordLayer(store.Records)
{
    private const double BugChance = 0.2;

    public override async Task<Page<StoredRecord>> ListAsync(
        RecordFilter filter, PageRequest page, CancellationToken cancel) =>
        chance.NextDouble() < BugChance
            ? new Page<StoredRecord>([], null)
            : await Inner.ListAsync(filter, page, cancel);
}
