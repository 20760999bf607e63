namespace Waybill;

/// <summary>How an element's travel ended.</summary>
public enum Ending
{
    /// <summary>Reached <c>Finish</c>; there is a result.</summary>
    Finished = 0,

    /// <summary>Reached <c>Fail</c>; there is a reason.</summary>
    Failed = 1,

    /// <summary>Ended by a cancel request.</summary>
    Cancelled = 2,

    /// <summary>Dropped by a person while it was sidelined.</summary>
    Dropped = 3,
}
