namespace Waybill.Testing.Simulation;

/// <summary>
/// What a simulated run does to the engine. A set of runs in which one of them never fired proves nothing.
/// </summary>
public enum FaultKind
{
    /// <summary>A process died with a call on its lips, which never reached the store.</summary>
    CrashBeforeCall,

    /// <summary>A process died after the store had carried its call out, before it heard so.</summary>
    CrashAfterCall,

    /// <summary>A process died between two passes.</summary>
    Crash,

    /// <summary>A process was told to stop, drained and left.</summary>
    GracefulStop,

    /// <summary>A process came up with only some of the nodes.</summary>
    RestartWithSubset,

    /// <summary>A process came up with a newer version of a workflow, beside older ones.</summary>
    Upgrade,

    /// <summary>A process stood still past its lease and went on.</summary>
    Pause,

    /// <summary>
    /// A process stood still past its lease in the middle of a call, which reached the store meanwhile.
    /// </summary>
    PauseInCall,

    /// <summary>A call took its time; other passes went on meanwhile.</summary>
    SlowCall,

    /// <summary>A call was carried out, and its caller told that nobody knows.</summary>
    UnknownApplied,

    /// <summary>A call was not carried out, and its caller told that nobody knows.</summary>
    UnknownNotApplied,

    /// <summary>A caller was told that nobody knows, and the call was carried out some time later.</summary>
    UnknownAppliedLate,

    /// <summary>The store could not be reached for a while.</summary>
    Outage,

    /// <summary>
    /// A call was refused for now, as when a disk is full or a deadlock has chosen it: nothing was done.
    /// </summary>
    CallRefused,

    /// <summary>A commit was refused as a whole for a reason that the engine does not know: nothing was done.</summary>
    CommitRefused,

    /// <summary>Each commit that a certain hop was in was refused as a whole, as by a constraint.</summary>
    HopRefused,

    /// <summary>A wall clock, of a process or of the store, jumped ahead.</summary>
    ClockForth,

    /// <summary>A wall clock, of a process or of the store, was set back.</summary>
    ClockBack,

    /// <summary>A hint of new work was lost.</summary>
    HintLost,

    /// <summary>A hint of new work came twice.</summary>
    HintTwice,

    /// <summary>A run threw.</summary>
    RunThrew,

    /// <summary>A run returned no route.</summary>
    RunBroken,

    /// <summary>A run went on past its time and its cancelled token.</summary>
    RunHung,

    /// <summary>A remote worker forgot what it had leased.</summary>
    RemoteSilent,

    /// <summary>A remote worker stood still beyond its leases and went on.</summary>
    RemotePause,

    /// <summary>A remote worker brought two answers under one lease.</summary>
    RemoteTwice,

    /// <summary>A remote worker did not get an answer, or what it was given.</summary>
    RemoteAnswerLost,

    /// <summary>An attached write was refused.</summary>
    WriteRefused,

    /// <summary>A journal row became visible later than one behind it.</summary>
    LateJournal,
}
