using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing;

/// <summary>How a <see cref="TestSite"/> is set up. What is not given is made anew, for this site alone.</summary>
public sealed class TestSiteSetup
{
    /// <summary>All workflows of the site.</summary>
    public required IReadOnlyList<Workflow> Workflows { get; init; }

    /// <summary>The process's options.</summary>
    public SiteOptions Options { get; init; } = new() { WorkerName = "test" };

    /// <summary>Where handlers get what they need. Default: nothing; handlers then need none, and no scope.</summary>
    public IServiceProvider Services { get; init; } = new NoServices();

    /// <summary>The time of the process. Give several sites the same to let them live together.</summary>
    public FakeTime Time { get; init; } = new();

    /// <summary>
    /// The store, opened. Give several sites the same and they are processes of one site. Default: a
    /// <see cref="MemoryStore"/> on <see cref="Time"/>.
    /// </summary>
    public ISiteStore? Store { get; init; }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
