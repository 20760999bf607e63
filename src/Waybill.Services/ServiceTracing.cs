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
    internal static Activity? StartServing(string operation, IHeaderDictionary headers)
    {
        if (Activity.Current is not null)
            return Source.StartActivity(operation, ActivityKind.Server);
        string? parent = headers.TraceParent;
        if (!ActivityContext.TryParse(parent, headers.TraceState, isRemote: true, out ActivityContext caller))
            return Source.StartActivity(operation, ActivityKind.Server);
        return Source.StartActivity(operation, ActivityKind.Server, caller)
            ?? new Activity(operation) { TraceStateString = caller.TraceState }
                .SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags).Start();
    }
}
