using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>Passes everything on that has to do with records.</summary>
internal abstract class RecordLayer(IRecordStore inner) : IRecordStore
{
    protected IRecordStore Inner => inner;

    public virtual Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel) =>
        inner.WriteAsync(writes, cancel);

    public Task<IReadOnlyList<StoredRecord?>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel) =>
        inner.ReadAsync(keys, cancel);

    public virtual Task<Page<StoredRecord>> ListAsync(
        RecordFilter filter, PageRequest page, CancellationToken cancel) =>
        inner.ListAsync(filter, page, cancel);

    public Task<long> CountAsync(RecordFilter filter, CancellationToken cancel) => inner.CountAsync(filter, cancel);

    public Task<int> PurgeAsync(int max, CancellationToken cancel) => inner.PurgeAsync(max, cancel);
}

/// <summary>Watches what operators say of nodes where it reaches the store.</summary>
internal sealed class WatchedRecords(World world, IRecordStore inner) : RecordLayer(inner)
{
    public override async Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel)
    {
        if (!await Inner.WriteAsync(writes, cancel))
        {
            world.Met(Occasion.OperatorsRaced);
            return false;
        }

        foreach (StoredRecord? written in await Inner.ReadAsync([.. writes.Select(write => write.Key)], cancel))
        {
            if (written is { Key: { Kind: NodeControl.RecordKind, Name: { } node } })
                world.Operators.Hold(node, NodeControl.Of(Trips.Addressed(node), written));
        }

        return true;
    }
}
