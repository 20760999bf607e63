using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresWorkerStore(
    SiteSchema schema, Lanes lanes, Listings listings, Arrivals arrivals) : IWorkerStore
{
    private const long MicrosecondsMax = 1000L * 365 * 24 * 3600 * 1_000_000;

    private readonly Returns returns = new(schema);
    private readonly string register = schema.Place(
        """
        insert into waybill.worker (epoch, name, lease_until)
        values (nextval('waybill.epoch'), $1, now() + $2 * interval '1 microsecond')
        returning epoch
        """);
    private readonly string renew = schema.Place(
        """
        update waybill.worker set lease_until = now() + $2 * interval '1 microsecond' where epoch = $1 returning epoch
        """);
    private readonly string leave = schema.Place("delete from waybill.worker where epoch = $1 returning epoch");

    public async Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel)
    {
        List<long> epochs = await RunAsync(register, cancel, Arg.Text(StorableText.Of(name)), Microseconds(lease));
        return new WorkerEpoch(epochs[0]);
    }

    public async Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel) =>
        await RunAsync(renew, cancel, Arg.Long(epoch.Value), Microseconds(lease)) is [_];

    public async Task<int> ReclaimAsync(int max, CancellationToken cancel)
    {
        await lanes.Requests.RunAsync(returns.EndOverdueAsync, cancel);
        (int count, HashSet<int> returned) = await lanes.Requests.RunAsync(
            session => returns.ReturnOrphansAsync(session, max), cancel);
        await arrivals.NoteAsync(returned);
        return count;
    }

    public Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel) =>
        RunAsync(leave, cancel, Arg.Long(epoch.Value));

    public async Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel) =>
        await listings.ReadAsync(
            new Query(
                """
                select w.epoch, w.name, w.lease_until,
                    (select count(*) from waybill.place p where p.state = 3 and p.owner = w.epoch)
                from waybill.worker w order by w.epoch
                """),
            row => new WorkerRecord(
                new WorkerEpoch(row.GetInt64(0)), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
                row.GetInt64(3)),
            cancel);

    private Task<List<long>> RunAsync(string sql, CancellationToken cancel, params NpgsqlParameter[] arguments) =>
        lanes.Leases.RunAsync(
            async session =>
            {
                List<long> epochs = [];
                await using NpgsqlCommand command = new(sql, session.Connection);
                // A repeated attempt is a new command; a parameter belongs to one.
                foreach (NpgsqlParameter argument in arguments)
                    command.Parameters.Add(argument.Clone());
                session.IsCommitting = true;
                await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
                await reader.EachAsync(row => epochs.Add(row.GetInt64(0)));
                session.IsCommitting = false;
                return epochs;
            },
            cancel);

    private static NpgsqlParameter Microseconds(TimeSpan lease) =>
        Arg.Long(Math.Min(lease.Ticks / TimeSpan.TicksPerMicrosecond, MicrosecondsMax));
}
