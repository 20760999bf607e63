namespace Waybill.Stores;

/// <summary>What a hop means to a cancel that was requested and not yet carried out.</summary>
public enum CancelStance
{
    /// <summary>
    /// It must not overtake one: with a cancel pending the outcome is <see cref="HopStatus.CancelPending"/>.
    /// </summary>
    Yields = 0,

    /// <summary>
    /// It passes, and the cancel stays pending: a retry of a run that has yet to take in its replies.
    /// </summary>
    Passes = 1,

    /// <summary>
    /// It carries the cancel out. Later requests for the element find it <see
    /// cref="CancelOutcome.AlreadyRequested"/>.
    /// </summary>
    CarriesOut = 2,

    /// <summary>
    /// It is past the point of no return: the mark goes, and what the ledger has of the cancel is too late.
    /// </summary>
    Refuses = 3,
}
