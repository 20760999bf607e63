namespace Waybill.Services;

/// <summary>Who measured a call.</summary>
public enum CallSide
{
    /// <summary>Who made it: network, waiting and further attempts included.</summary>
    Caller,

    /// <summary>Who carried it out.</summary>
    Callee,
}
