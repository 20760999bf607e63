using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>
/// One of the two stores of a comparison. Keys and epochs are a store's own affair; elements have the same ids on both
/// and workers the same numbers, and this translates.
/// </summary>
internal sealed class ComparedStore(StoreFixture fixture)
{
    private readonly Dictionary<ElementId, long> keys = [];
    private readonly List<WorkerEpoch> epochs = [];

    public StoreFixture Fixture { get; } = fixture;

    public ISiteStore Store => Fixture.Store;

    public WorkerEpoch EpochOf(int worker) => epochs[worker];

    public string NameOf(WorkerEpoch? epoch) => epoch is null ? "nobody" : $"w{epochs.IndexOf(epoch.Value)}";

    public async Task<int> RegisterAsync(TimeSpan lease)
    {
        epochs.Add(await Store.Workers.RegisterAsync($"worker {epochs.Count}", lease, CancellationToken.None));
        return epochs.Count - 1;
    }

    public async Task<IReadOnlyList<ClaimedElement>> ClaimAsync(int worker, IReadOnlyList<ClaimRequest> requests)
    {
        IReadOnlyList<ClaimedElement> claimed =
            await Store.Elements.ClaimAsync(EpochOf(worker), requests, CancellationToken.None);
        foreach (ClaimedElement element in claimed)
            keys[element.Id] = element.Key;
        return claimed;
    }

    /// <summary>Finds out an element's key here, wherever it is; false when it is not in flight.</summary>
    public async Task<bool> LearnAsync(ElementId element)
    {
        ElementDetails? found = await Store.Directory.FindAsync(ElementRef.Of(element), CancellationToken.None);
        if (found is not null)
            keys[element] = found.Key;
        return found is not null;
    }

    public long KeyOf(ElementId element) => keys[element];

    /// <summary>An element that was claimed from the other store, as this one knows it.</summary>
    public ClaimedElement Own(ClaimedElement element) =>
        element with { Key = KeyOf(element.Id), Caller = Own(element.Caller) };

    /// <summary>A sidelined element that was listed by the other store, as this one knows it.</summary>
    public SidelinedElement Own(SidelinedElement element) =>
        element with { Key = KeyOf(element.Id), Caller = Own(element.Caller) };

    /// <summary>A held element that was listed by the other store, as this one knows it.</summary>
    public HeldElement Own(HeldElement element) =>
        element with { Key = KeyOf(element.Id), Caller = Own(element.Caller) };

    // Whoever called or was sidelined had been claimed before, so its key is known.
    private CallerRef? Own(CallerRef? caller) => caller is null ? null : caller with { Key = KeyOf(caller.Id) };
}
