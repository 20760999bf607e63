using Waybill.Testing.Conformance;
using Waybill.Testing.Memory;

namespace Waybill.Stores.Tests;

public sealed class MemoryAccepting : AcceptingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryClaiming : ClaimingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryCommitting : CommittingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryWorkers : WorkersConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryLines : LinesConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryCalls : CallsConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemorySignals : SignalsConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryCancelling : CancellingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemorySidelining : SideliningConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryTickets : TicketsConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryDirectory : DirectoryConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryJournal : JournalConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryWrites : WritesConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemorySeveralProcesses : SeveralProcessesConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryJournalReaders : JournalReadersConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryHolding : HoldingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryHeldQueries : HeldQueriesConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryReleasing : ReleasingConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryChanges : ChangesConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryChangedHops : ChangedHopsConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryChangeLedger : ChangeLedgerConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class MemoryRecords : RecordsConformance
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

/// <summary>The model against itself: shows that a run gives the same result whenever it is repeated.</summary>
public sealed class MemoryComparison : ModelComparison
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}
