using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>The table <c>worker</c>: epochs that have not ended.</summary>
internal sealed class Workers(Database database, TransactionClock clock)
{
    private readonly Statement next = database.Keep(
        "UPDATE counter SET value = value + 1 WHERE name = 'epoch' RETURNING value");

    private readonly Statement insert = database.Keep(
        "INSERT INTO worker (epoch, name, lease_until) VALUES (?1, ?2, ?3)");

    private readonly Statement renew = database.Keep("UPDATE worker SET lease_until = ?2 WHERE epoch = ?1");
    private readonly Statement find = database.Keep("SELECT 1 FROM worker WHERE epoch = ?1");
    private readonly Statement end = database.Keep("DELETE FROM worker WHERE epoch = ?1");
    private readonly Statement endOverdue = database.Keep("DELETE FROM worker WHERE lease_until <= ?1");

    public WorkerEpoch Register(string name, TimeSpan lease)
    {
        next.Read();
        WorkerEpoch epoch = new(next.Long(0));
        next.Reset();
        insert.Bind(1, epoch.Value).Bind(2, name).Bind(3, clock.Now + lease.ToMicroseconds()).Run();
        return epoch;
    }

    /// <returns>False when the epoch has ended.</returns>
    public bool Renew(WorkerEpoch epoch, TimeSpan lease) =>
        renew.Bind(1, epoch.Value).Bind(2, clock.Now + lease.ToMicroseconds()).Run() == 1;

    public void RequireLive(WorkerEpoch epoch)
    {
        bool isLive = find.Bind(1, epoch.Value).Read();
        find.Reset();
        if (!isLive)
            throw new EpochLostException(epoch);
    }

    public int End(WorkerEpoch epoch) => end.Bind(1, epoch.Value).Run();

    /// <returns>How many leases had run out.</returns>
    public int EndOverdue() => endOverdue.Bind(1, clock.Now).Run();
}
