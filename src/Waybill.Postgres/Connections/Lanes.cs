using Npgsql;

namespace Waybill.Postgres.Connections;

/// <summary>A store's lanes: one for each kind of work that must not wait for the others.</summary>
internal sealed class Lanes(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Accepting.</summary>
    public Lane Intake { get; } = new(source, time);

    /// <summary>Claiming.</summary>
    public Lane Claims { get; } = new(source, time);

    /// <summary>Hops of owned elements. One is enough: what waits for it goes into the next commit together.</summary>
    public Lane Commits { get; } = new(source, time);

    /// <summary>Signals, cancels and decisions about sidelined elements.</summary>
    public Lane Requests { get; } = new(source, time);

    /// <summary>Leases, so that a renewal never waits behind work.</summary>
    public Lane Leases { get; } = new(source, time);

    public async ValueTask DisposeAsync()
    {
        await Intake.DisposeAsync();
        await Claims.DisposeAsync();
        await Commits.DisposeAsync();
        await Requests.DisposeAsync();
        await Leases.DisposeAsync();
    }
}
