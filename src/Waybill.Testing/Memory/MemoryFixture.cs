using Waybill.Stores;
using Waybill.Testing.Conformance;

namespace Waybill.Testing.Memory;

/// <summary>The store in memory as the conformance suite and the comparison of stores use it.</summary>
public sealed class MemoryFixture : StoreFixture
{
    private readonly FakeTime time = new();
    private readonly MemoryStore store;

    /// <summary>Makes an empty store.</summary>
    public MemoryFixture() => store = new MemoryStore(time);

    /// <inheritdoc/>
    public override ISiteStore Store => store;

    /// <inheritdoc/>
    public override DateTimeOffset Now => time.GetUtcNow();

    /// <inheritdoc/>
    public override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override SiteWrite Put(string key, long value) => MemoryWrite.Put(key, value);

    /// <inheritdoc/>
    public override SiteWrite Add(string key, long change) => MemoryWrite.Add(key, change);

    /// <inheritdoc/>
    public override SiteWrite Refuse() => MemoryWrite.Refuse("refused by the test");

    /// <inheritdoc/>
    public override Task<long?> ReadAsync(string key) => Task.FromResult(store.Read(tables => (long?)tables.Find(key)));

    /// <summary>The same store: processes share the instance.</summary>
    public override Task<ISiteStore> OpenAnotherAsync() => Task.FromResult<ISiteStore>(store);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => store.DisposeAsync();
}
