using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

public sealed class SqliteAccepting : AcceptingConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteClaiming : ClaimingConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteCommitting : CommittingConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteWorkers : WorkersConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteLines : LinesConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteCalls : CallsConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteSignals : SignalsConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteCancelling : CancellingConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteSidelining : SideliningConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteTickets : TicketsConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteDirectory : DirectoryConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteJournal : JournalConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteHolding : HoldingConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteHeldQueries : HeldQueriesConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteReleasing : ReleasingConformance
{
    // A database file belongs to one process: docs/decisions/0001.
    protected override bool SupportsSeveralProcesses => false;

    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteJournalReaders : JournalReadersConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteChanges : ChangesConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteChangedHops : ChangedHopsConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteChangeLedger : ChangeLedgerConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteRecords : RecordsConformance
{
    // A database file belongs to one process: docs/decisions/0001.
    protected override bool SupportsSeveralProcesses => false;

    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteWrites : WritesConformance
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

public sealed class SqliteSeveralProcesses : SeveralProcessesConformance
{
    // A database file belongs to one process: docs/decisions/0001.
    protected override bool SupportsSeveralProcesses => false;

    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

/// <summary>The store does what the model does, whatever is asked of it.</summary>
public sealed class SqliteComparison : ModelComparison
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}
