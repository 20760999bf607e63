using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

[Collection(PostgresTests.Name)]
public sealed class PostgresAccepting(SharedPostgres shared) : AcceptingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresClaiming(SharedPostgres shared) : ClaimingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresCommitting(SharedPostgres shared) : CommittingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresWorkers(SharedPostgres shared) : WorkersConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresLines(SharedPostgres shared) : LinesConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresCalls(SharedPostgres shared) : CallsConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresSignals(SharedPostgres shared) : SignalsConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresCancelling(SharedPostgres shared) : CancellingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresSidelining(SharedPostgres shared) : SideliningConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresTickets(SharedPostgres shared) : TicketsConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresDirectory(SharedPostgres shared) : DirectoryConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresJournal(SharedPostgres shared) : JournalConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresRecords(SharedPostgres shared) : RecordsConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresWrites(SharedPostgres shared) : WritesConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresSeveralProcesses(SharedPostgres shared) : SeveralProcessesConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresComparison(SharedPostgres shared) : ModelComparison
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresHolding(SharedPostgres shared) : HoldingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresHeldQueries(SharedPostgres shared) : HeldQueriesConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresReleasing(SharedPostgres shared) : ReleasingConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresJournalReaders(SharedPostgres shared) : JournalReadersConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresChanges(SharedPostgres shared) : ChangesConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresChangedHops(SharedPostgres shared) : ChangedHopsConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

[Collection(PostgresTests.Name)]
public sealed class PostgresChangeLedger(SharedPostgres shared) : ChangeLedgerConformance
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}
