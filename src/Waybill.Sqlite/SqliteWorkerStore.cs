using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteWorkerStore(Writer writer, Readers readers) : IWorkerStore
{
    public Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel) =>
        writer.RunAsync(session => session.Workers.Register(name, lease), cancel);

    public Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel) =>
        writer.RunAsync(session => session.Workers.Renew(epoch, lease), cancel);

    public async Task<int> ReclaimAsync(int max, CancellationToken cancel)
    {
        await writer.RunAsync(session => session.Workers.EndOverdue(), cancel);
        return await writer.RunAsync(session => session.Claims.ReturnOrphans(max), cancel);
    }

    public Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel) =>
        writer.RunAsync(session => session.Workers.End(epoch), cancel);

    public Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<WorkerRecord>>(
            database => database.All(
                "SELECT epoch, name, lease_until, (SELECT COUNT(*) FROM place p WHERE p.owner = w.epoch) FROM worker w "
                + "ORDER BY epoch",
                new Conditions(),
                row => new WorkerRecord(
                    new WorkerEpoch(row.Long(0)), row.Text(1), row.Long(2).ToInstant(), row.Long(3))),
            cancel);
}
