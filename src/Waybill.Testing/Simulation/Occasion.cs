namespace Waybill.Testing.Simulation;

/// <summary>
/// What a set of simulated runs must have come to, beside its faults, to prove anything of holding and of changes.
/// </summary>
public enum Occasion
{
    /// <summary>A rule released because enough were held.</summary>
    ReleasedByCount,

    /// <summary>A rule released because one had been held long enough.</summary>
    ReleasedByAge,

    /// <summary>A person released.</summary>
    ReleasedByPerson,

    /// <summary>A rule was true when it was asked, and no more when it was to release.</summary>
    GateClosed,

    /// <summary>What a person was to release had gone.</summary>
    NothingHeld,

    /// <summary>A member left its wave early, with a reply of its own.</summary>
    MemberDone,

    /// <summary>A member failed, and its wave went on.</summary>
    MemberFailed,

    /// <summary>A member was cancelled out of its wave.</summary>
    MemberCancelled,

    /// <summary>Members came back from a wave that failed.</summary>
    WaveFailed,

    /// <summary>A held element was amended.</summary>
    Amended,

    /// <summary>An amendment, or an answer to a change, came when its element had changed or moved.</summary>
    FenceHeld,

    /// <summary>A change reached what was held.</summary>
    ChangeOfHeld,

    /// <summary>A change reached a member of a wave.</summary>
    ChangeOfMember,

    /// <summary>A change reached what waits for its called parts.</summary>
    ChangeOfCaller,

    /// <summary>A change was pending where another one came.</summary>
    ChangesRaced,

    /// <summary>A change and a cancel were pending at one element.</summary>
    ChangeAndCancelRaced,

    /// <summary>A hop did not know of a change and was sent back for the answer.</summary>
    HopSentBack,

    /// <summary>What a hop called inherited a change.</summary>
    ChangeInherited,

    /// <summary>A coordinator passed a change on.</summary>
    ChangeForwarded,

    /// <summary>A change was applied.</summary>
    Applied,

    /// <summary>A change was rejected.</summary>
    Rejected,

    /// <summary>A change came too late.</summary>
    TooLate,

    /// <summary>A change was withdrawn before it had reached its element.</summary>
    Withdrawn,

    /// <summary>A node was paused.</summary>
    NodePaused,

    /// <summary>A paused node was resumed.</summary>
    NodeResumed,

    /// <summary>The limits of a node were set or taken back.</summary>
    NodeLimited,

    /// <summary>Two operators said something of one node at once.</summary>
    OperatorsRaced,

    /// <summary>What operators said was broken off.</summary>
    ControlBroken,

    /// <summary>Elements waited at a node that all processes knew to be paused.</summary>
    PauseObeyed,

    /// <summary>A process gave back what it had claimed and not begun.</summary>
    GivenBack,

    /// <summary>What a remote worker brought was committed.</summary>
    RemoteCommitted,

    /// <summary>A remote worker's run failed.</summary>
    RemoteFailed,

    /// <summary>A cancel overtook what a remote worker brought.</summary>
    RemoteCancelled,

    /// <summary>A remote worker brought something when its lease was lost.</summary>
    RemoteTooLate,

    /// <summary>A remote worker brought something to another process than the one that gave the lease.</summary>
    RemoteElsewhere,

    /// <summary>A remote worker brought something when another had been given the element.</summary>
    LeaseOvertaken,

    /// <summary>An element was sidelined because the store refused its hop.</summary>
    SidelinedForRefusal,

    /// <summary>A release was broken off: its process died, or its outcome was unknown.</summary>
    ReleaseBroken,

    /// <summary>A request for a change was broken off.</summary>
    RequestBroken,

    /// <summary>An answer to a change was broken off.</summary>
    AnswerBroken,

    /// <summary>A withdrawal was broken off.</summary>
    WithdrawalBroken,
}
