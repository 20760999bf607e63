using Microsoft.Extensions.Logging;
using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>What all parts of one worker share and none of them changes.</summary>
internal sealed record EngineContext(
    SiteDefinition Site,
    ISiteStore Store,
    TimeProvider Time,
    IRunScheduler Scheduler,
    Func<ElementId> NewId,
    EndingWatch Endings,
    CommitWatch Commits,
    RemoteNodes Remote,
    ILoggerFactory Logging)
{
    public SiteOptions Options => Site.Options;
}
