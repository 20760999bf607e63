using System.Net;

namespace Bookstore;

/// <summary>How a process takes part in the site.</summary>
public sealed record SiteOrder
{
    public StoreAddress Store { get; init; } = StoreAddress.Default;

    /// <summary>The file of the keys that cards are encrypted with; null for the one beside the store.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whether this process opens the store; some services do without.</summary>
    public bool HasStore { get; init; } = true;

    /// <summary>Which nodes this process hosts; empty for all.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How many times as fast as life the simulated world is; 0 for no time at all.</summary>
    public double Speed { get; init; } = 1;

    public int Seed { get; init; } = 1;

    /// <summary>Whether this process works on elements.</summary>
    public bool HasWorker { get; init; } = true;

    /// <summary>Whether this process only looks.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Services that this process carries out for others over HTTP, by name.</summary>
    public IReadOnlyList<string> Serves { get; init; } = [];

    /// <summary>
    /// Services that other processes carry out for this one: base addresses by name, empty for one that is looked for
    /// in the site's registry.
    /// </summary>
    public IReadOnlyDictionary<string, string> Uses { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether this process finds others, and is found, by the registry in the store that they share.
    /// </summary>
    public bool HasRegistry => Store.Kind == StoreKind.Postgres && HasStore && !IsReadOnly
        && (Serves.Count > 0 || Uses.Values.Any(address => address.Length == 0));

    /// <summary>The secret that services ask of each other; null for none, which only loopback allows.</summary>
    public string? ServiceKey { get; init; }

    /// <summary>Where this process listens; nowhere when empty.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Whether the shop's own pages and the site's API are shown there.</summary>
    public bool HasShop { get; init; }

    /// <summary>Networks that are not public, to which callbacks are sent all the same, also without TLS.</summary>
    public IReadOnlyList<IPNetwork> CallbackNetworks { get; init; } = [];

    /// <summary>The file that spans are written to; null for none.</summary>
    public string? TraceFile { get; init; }
}
