using Waybill.Bench.Http;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Children;

/// <summary>What a child process does.</summary>
internal enum ChildWork
{
    /// <summary>Runs the bare loop; says a <see cref="Machine.Stretch"/>.</summary>
    Limit = 0,

    /// <summary>Runs all that waits; says a <see cref="Machine.Stretch"/>.</summary>
    Throughput = 1,

    /// <summary>Submits at a steady rate and waits for each; says a <see cref="Figures.Latencies"/>.</summary>
    Latency = 2,

    /// <summary>Runs for a while with ever as many waiting; says a <see cref="Figures.DepthStretch"/>.</summary>
    Depth = 3,

    /// <summary>Runs until it is killed; says when it made its first hop, and when as many as it was told.</summary>
    Recovery = 4,

    /// <summary>Holds, asks and releases; says <see cref="Figures.HoldingTimes"/>.</summary>
    Holding = 5,

    /// <summary>Follows a journal, caught up and beside an engine; says <see cref="Figures.TrackingTimes"/>.</summary>
    Tracking = 6,

    /// <summary>Serves what pages are made of until it is killed; says its address.</summary>
    PageServer = 7,

    /// <summary>Composes pages; says <see cref="Pages.PageTimes"/>.</summary>
    Pages = 8,

    /// <summary>Serves a site over HTTP until it is killed; says <see cref="ServerAtWork"/>.</summary>
    HttpServer = 9,

    /// <summary>Loads such a server; says <see cref="HttpTimes"/>.</summary>
    HttpLoad = 10,

    /// <summary>Waits at such a server; says <see cref="WaitingCosts"/>.</summary>
    HttpWaiting = 11,
}

/// <summary>A child process's orders.</summary>
internal sealed record ChildTask
{
    public required ChildWork Work { get; init; }

    public required Place Place { get; init; }

    /// <summary>How many elements, in the sense of the work.</summary>
    public required int Elements { get; init; }

    /// <summary>How many hops, where the work ends or reports by that.</summary>
    public long Hops { get; init; }

    /// <summary>How long to measure, where the work ends by time.</summary>
    public TimeSpan Span { get; init; }

    /// <summary>How many elements the worker owns at once at the most.</summary>
    public required int InFlightMax { get; init; }

    /// <summary>The server that is called, where it is in another process.</summary>
    public Uri? Server { get; init; }

    /// <summary>The HTTP server that is loaded.</summary>
    public ServerAtWork? Http { get; init; }
}
