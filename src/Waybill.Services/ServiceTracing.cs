using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Waybill.Services;

/// <summary>The spans of calls, at both sides.</summary>
public static class ServiceTracing
{
    /// <summary>The name of the source to listen to.</summary>
    public const string SourceName = "Waybill.Services";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>
    /// The span of a call that is carried out: below the web server's own where it has one, else below the caller's.
    /// Also when nobody listens here, so that the trace goes on in the services that this one calls.
    /// </summary>
    internal static Activity? StartServing(string operation, IHeaderDictionary headers) =>
        Activity.Current is not null
            ? Source.StartActivity(operation, ActivityKind.Server)
            : StartBelow(operation, ActivityKind.Server, headers.TraceParent, headers.TraceState);

    /// <summary>
    /// Begins a span in a trace that began elsewhere. Also when nobody listens here, so that the trace goes on in
    /// what is called from it.
    /// </summary>
    /// <param name="name">What is done.</param>
    /// <param name="kind">In which part.</param>
    /// <param name="traceParent">The span above (W3C Trace Context); what cannot be read as one counts as none.</param>
    /// <param name="traceState">What goes with it; null for nothing.</param>
    /// <returns>The span; null when there is none above and nobody listens.</returns>
    public static Activity? StartBelow(
        string name, ActivityKind kind, string? traceParent, string? traceState = null)
    {
        if (!ActivityContext.TryParse(traceParent, traceState, isRemote: true, out ActivityContext above))
            return Source.StartActivity(name, kind);
        return Source.StartActivity(name, kind, above)
            ?? new Activity(name) { TraceStateString = above.TraceState }
                .SetParentId(above.TraceId, above.SpanId, above.TraceFlags).Start();
    }
}
