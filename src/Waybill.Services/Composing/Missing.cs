namespace Waybill.Services.Composing;

/// <summary>Why a piece is missing.</summary>
/// <param name="Reason">For programs.</param>
/// <param name="Detail">For people who run the service; not for the page.</param>
public sealed record Missing(MissingReason Reason, string Detail);

/// <summary>Why a piece is missing.</summary>
public enum MissingReason
{
    /// <summary>It did not come within its budget, or before the page's end.</summary>
    TimedOut,

    /// <summary>Its call was never made: the page's time had run out.</summary>
    Skipped,

    /// <summary>
    /// Nobody can answer now: the service cannot be reached, has too much to do, or is left alone after many failures.
    /// </summary>
    Unavailable,

    /// <summary>The service said no.</summary>
    Refused,

    /// <summary>Its call, or what was made of the answer, failed.</summary>
    Failed,

    /// <summary>Another piece that it is made from is missing.</summary>
    NothingToMakeItFrom,

    /// <summary>The page was given up.</summary>
    Cancelled,
}
