using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>What came of a simulated run.</summary>
public sealed record SimulationResult
{
    /// <summary>Which run it was.</summary>
    public required int Seed { get; init; }

    /// <summary>Stands for everything that happened, in its order; the same in each replay.</summary>
    public required ulong TraceHash { get; init; }

    /// <summary>What must not have happened; empty when all is well.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    /// <summary>How often each kind of fault fired; those that did not are missing.</summary>
    public required IReadOnlyDictionary<FaultKind, int> Faults { get; init; }

    /// <summary>How often the run came to what else it shall have come to.</summary>
    public required IReadOnlyDictionary<Occasion, int> Occasions { get; init; }

    /// <summary>How many journal rows of each kind there are.</summary>
    public required IReadOnlyDictionary<JournalKind, int> Events { get; init; }

    /// <summary>What happened, a line each; empty unless it was kept.</summary>
    public required IReadOnlyList<string> Trace { get; init; }
}
