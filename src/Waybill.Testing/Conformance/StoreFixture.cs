using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>What a store author supplies: an empty store for each test, and the means to look behind it.</summary>
public abstract class StoreFixture : IAsyncDisposable
{
    /// <summary>An opened, empty store.</summary>
    public abstract ISiteStore Store { get; }

    /// <summary>The present by the store's clock.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>
    /// Makes time pass for the store: either its clock goes on, or all instants that it keeps go back by as much.
    /// </summary>
    /// <param name="span">How much; the suite counts in hours, so that the time a test takes does not matter.</param>
    public abstract Task AdvanceAsync(TimeSpan span);

    /// <summary>A write to a table of numbers by key, which the fixture keeps in the store's database.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The number; replaces an earlier one.</param>
    public abstract SiteWrite Put(string key, long value);

    /// <summary>A write that adds to a number; one that is not there yet counts as 0.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">What is added.</param>
    public abstract SiteWrite Add(string key, long change);

    /// <summary>
    /// A write that fails, as the store's own kind of write can: a broken constraint, a refused row count.
    /// </summary>
    public abstract SiteWrite Refuse();

    /// <summary>The committed number under a key; null when there is none.</summary>
    /// <param name="key">The key.</param>
    public abstract Task<long?> ReadAsync(string key);

    /// <summary>Opens the same database again, as another process would. The fixture disposes it.</summary>
    /// <remarks>Called only where <see cref="StoreConformance.SupportsSeveralProcesses"/> is true.</remarks>
    public abstract Task<ISiteStore> OpenAnotherAsync();

    /// <summary>Closes the stores and removes what they left behind.</summary>
    public abstract ValueTask DisposeAsync();
}
