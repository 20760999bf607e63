using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>What was committed for one node. Only the committer writes.</summary>
internal sealed class NodeCounters
{
    private long completed;
    private long retried;
    private long diverted;
    private long sidelined;

    public long Completed => Volatile.Read(ref completed);

    public long Retried => Volatile.Read(ref retried);

    public long Diverted => Volatile.Read(ref diverted);

    public long Sidelined => Volatile.Read(ref sidelined);

    public void Committed(JournalKind kind)
    {
        switch (kind)
        {
            case JournalKind.Retried:
                Volatile.Write(ref retried, retried + 1);
                break;
            case JournalKind.Diverted:
                Volatile.Write(ref diverted, diverted + 1);
                break;
            case JournalKind.Sidelined:
                Volatile.Write(ref sidelined, sidelined + 1);
                break;
            default:
                Volatile.Write(ref completed, completed + 1);
                break;
        }
    }
}
