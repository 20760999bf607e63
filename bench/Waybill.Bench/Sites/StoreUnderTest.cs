using Waybill.Bench.Workload;
using Waybill.Stores;

namespace Waybill.Bench.Sites;

/// <summary>One store that is measured: makes fresh databases, fills them and removes them.</summary>
internal abstract class StoreUnderTest : IAsyncDisposable
{
    /// <summary>Which it is.</summary>
    public abstract StoreKind Kind { get; }

    /// <summary>For people.</summary>
    public string Name => Kind is StoreKind.Sqlite ? "SQLite" : "PostgreSQL";

    /// <summary>The engine's version.</summary>
    public abstract string Version { get; }

    /// <summary>The settings that durability and speed depend on.</summary>
    public abstract string Settings { get; }

    /// <summary>Makes an empty database.</summary>
    public abstract Task<Place> CreateAsync(CancellationToken cancel);

    /// <summary>Removes a database that nobody uses any more.</summary>
    public abstract Task RemoveAsync(Place place);

    /// <summary>Makes a database in which so many elements wait, brought to rest.</summary>
    public async Task<Place> CreateFilledAsync(int elements, CancellationToken cancel)
    {
        Place place = await CreateAsync(cancel);
        await using (ISiteStore store = place.CreateStore())
        {
            await store.OpenAsync(cancel);
            await new Filler(store.Elements, TimeProvider.System).FillAsync(elements, cancel);
        }

        await SettleAsync(place, cancel);
        return place;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Ends what filling left to be done, so that it is not counted to what is measured next.</summary>
    protected abstract Task SettleAsync(Place place, CancellationToken cancel);
}
