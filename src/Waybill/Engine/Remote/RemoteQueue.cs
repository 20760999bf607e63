using Waybill.Definition;

namespace Waybill.Engine.Remote;

/// <summary>
/// What a process has of one remote node: elements that wait to be handed out, and how many are asked for. The desk's
/// lock guards it.
/// </summary>
internal sealed class RemoteQueue(PlacedNode node, TimeSpan lease, Action roomGrew)
{
    private readonly LinkedList<RemoteRun> offered = [];

    public PlacedNode Node { get; } = node;

    public TimeSpan Lease { get; } = lease;

    /// <summary>Tells the engine that more is asked for; not to be called under a lock.</summary>
    public Action RoomGrew { get; } = roomGrew;

    /// <summary>How many elements the waiting claims ask for.</summary>
    public int Asked { get; set; }

    /// <summary>How many runs have begun and not ended.</summary>
    public int Running { get; set; }

    /// <summary>How many runs may go on: those that do, and what is asked for beyond what is on offer.</summary>
    public int RunsMax => Running + Math.Max(0, Asked - offered.Count);

    public RemoteRun? Next => offered.First?.Value;

    public void Offer(RemoteRun run) => offered.AddLast(run);

    public void Remove(RemoteRun run) => offered.Remove(run);

    /// <summary>What has been on offer since an instant or longer.</summary>
    public IEnumerable<RemoteRun> OfferedUntil(long instant) => offered.TakeWhile(run => run.OfferedAt <= instant);
}
