using System.Diagnostics;

namespace Waybill.Services;

/// <summary>The spans of calls, at both sides.</summary>
public static class ServiceTracing
{
    /// <summary>The name of the source to listen to.</summary>
    public const string SourceName = "Waybill.Services";

    internal static ActivitySource Source { get; } = new(SourceName);
}
