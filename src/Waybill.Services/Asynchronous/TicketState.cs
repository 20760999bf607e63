namespace Waybill.Services.Asynchronous;

/// <summary>How a ticket stands.</summary>
public enum TicketState
{
    /// <summary>Taken in; no node has begun.</summary>
    Accepted = 0,

    /// <summary>On its way.</summary>
    Running = 1,

    /// <summary>Ended with a result.</summary>
    Finished = 2,

    /// <summary>Ended with a reason: the workflow failed it, or a person dropped it.</summary>
    Failed = 3,

    /// <summary>Ended by a cancel.</summary>
    Cancelled = 4,
}
