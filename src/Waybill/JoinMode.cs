namespace Waybill;

/// <summary>When an element that called several workflows goes on.</summary>
public enum JoinMode
{
    /// <summary>When all have returned, however they ended.</summary>
    All = 0,

    /// <summary>
    /// When all have returned, or as soon as one did not finish. The others are then asked to cancel, and what they
    /// return later is ignored.
    /// </summary>
    AllOrFirstFailure = 1,
}
