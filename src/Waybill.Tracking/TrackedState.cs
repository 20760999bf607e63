namespace Waybill.Tracking;

/// <summary>What the journal tells of an element at its place.</summary>
public enum TrackedState
{
    /// <summary>In its node's queue, or being run: the journal does not tell these apart.</summary>
    Waiting = 0,

    /// <summary>Its run failed; it will run again.</summary>
    Retrying = 1,

    /// <summary>Waits for an instant or a signal.</summary>
    Pausing = 2,

    /// <summary>Waits for the workflows that it called.</summary>
    Calling = 3,

    /// <summary>Held in an aggregation queue.</summary>
    Held = 4,

    /// <summary>Member of a batch.</summary>
    Batched = 5,

    /// <summary>Waits for a person.</summary>
    Sidelined = 6,

    /// <summary>Has ended.</summary>
    Ended = 7,
}
