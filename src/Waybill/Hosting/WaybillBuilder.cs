using Waybill.Stores;

namespace Waybill.Hosting;

/// <summary>Sets up a site: its store, its workflows, and how this process takes part.</summary>
public sealed class WaybillBuilder
{
    internal List<Workflow> Workflows { get; } = [];

    internal Func<IServiceProvider, ISiteStore>? StoreFactory { get; private set; }

    internal bool RunsWorker { get; private set; } = true;

    /// <summary>How this process takes part; see each option's default.</summary>
    public SiteOptions Options { get; } = new();

    /// <summary>
    /// Adds workflows. All processes of a site define the same ones; which nodes each hosts is an option.
    /// </summary>
    /// <param name="workflows">The workflows.</param>
    public WaybillBuilder Add(params IEnumerable<Workflow> workflows)
    {
        Workflows.AddRange(workflows);
        return this;
    }

    /// <summary>
    /// Says where the site is kept. The store packages have shorter ways: <c>UseSqlite</c>, <c>UsePostgres</c>.
    /// </summary>
    /// <param name="create">Makes the store; it is opened and disposed with the host.</param>
    public WaybillBuilder UseStore(Func<IServiceProvider, ISiteStore> create)
    {
        StoreFactory = create;
        return this;
    }

    /// <summary>This process is only a client: it submits and looks, and runs nothing.</summary>
    public WaybillBuilder WithoutWorker()
    {
        RunsWorker = false;
        return this;
    }
}
