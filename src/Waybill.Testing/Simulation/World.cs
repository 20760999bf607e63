using System.Globalization;
using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// What everything in one simulated run shares: chance, time, the store, the trace, and what went wrong.
/// </summary>
internal sealed class World
{
    private const ulong HashOffset = 14695981039346656037;
    private const ulong HashPrime = 1099511628211;

    private readonly List<string> lines = [];
    private readonly bool keepsTrace;
    private long idsMade;

    public World(SimulationSettings settings)
    {
        Settings = settings;
        keepsTrace = settings.KeepsTrace;
        Chance = new Random(settings.Seed);
        Harshness = OneOf([0.1, 0.3, 1.0]);
        Store = new MemoryStore(StoreTime);
        ISiteStore store = MutantStore.Of(Store, settings.Mutation, Chance);
        Site = new StoreLayer(store)
        {
            Elements = new WatchedCommits(this, store.Elements),
            Held = new WatchedReleases(this, store.Held),
            Changes = new WatchedChanges(this, store.Changes),
            Records = new WatchedRecords(this, store.Records),
        };
        Ledger = new Ledger(this);
        Refusals = new Refusals(this);
        Waves = new Waves(this);
        Operators = new Operators(this);
        Workers = new RemoteWorkers(this);
        Clients = new Clients(this);
        Reader = new JournalReader(this);
    }

    public SimulationSettings Settings { get; }

    public Random Chance { get; }

    /// <summary>
    /// How often things go wrong. Some bugs need many faults to show, others a process that lives long with one.
    /// </summary>
    public double Harshness { get; }

    public FakeTime StoreTime { get; } = new();

    /// <summary>The latest that the store's clock has ever shown.</summary>
    public DateTimeOffset LatestStoreTime { get; private set; }

    public MemoryStore Store { get; }

    /// <summary>
    /// The store as processes see it, before their network: with the seeded bug, when the run has one.
    /// </summary>
    public ISiteStore Site { get; }

    public Ledger Ledger { get; }

    public Refusals Refusals { get; }

    public Waves Waves { get; }

    public Operators Operators { get; }

    public RemoteWorkers Workers { get; }

    public Clients Clients { get; }

    public JournalReader Reader { get; }

    /// <summary>Processes in the order in which they came up; the dead are gone.</summary>
    public List<SimulatedProcess> Processes { get; } = [];

    /// <summary>Calls that are on their way to the store, or their answers back.</summary>
    public List<Delivery> Deliveries { get; } = [];

    public SortedDictionary<FaultKind, int> Faults { get; } = [];

    public SortedDictionary<Occasion, int> Occasions { get; } = [];

    public List<string> Violations { get; } = [];

    /// <summary>Whether the storm is over: no faults any more, and every run succeeds.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Whether the store carries out a call whose caller will not know what came of it.</summary>
    public bool IsUnheard { get; set; }

    /// <summary>How much time has passed.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Until when the store cannot be reached.</summary>
    public TimeSpan OutageUntil { get; set; }

    public ulong TraceHash { get; private set; } = HashOffset;

    public IReadOnlyList<string> TraceLines => lines;

    public bool Happens(double chance) => !IsCalm && Chance.NextDouble() < chance;

    public T OneOf<T>(IReadOnlyList<T> items) => items[Chance.Next(items.Count)];

    public void Advance(TimeSpan span)
    {
        Now += span;
        StoreTime.Advance(span);
        NoteStoreTime();
        foreach (SimulatedProcess process in Processes.ToArray())
            process.Time.Advance(span);
    }

    /// <summary>Notes what the store's clock shows, after it was moved.</summary>
    public void NoteStoreTime() =>
        LatestStoreTime = LatestStoreTime > StoreTime.GetUtcNow() ? LatestStoreTime : StoreTime.GetUtcNow();

    /// <summary>Notes a fault, so that a set of runs can show which it had.</summary>
    public void Fired(FaultKind kind, string who)
    {
        Faults[kind] = Faults.GetValueOrDefault(kind) + 1;
        Trace($"! {kind} {who}");
    }

    /// <summary>Notes that a run came to something, so that a set of runs can show what it had.</summary>
    public void Met(Occasion occasion) => Occasions[occasion] = Occasions.GetValueOrDefault(occasion) + 1;

    public void Violated(string what)
    {
        Trace($"VIOLATED {what}");
        Violations.Add($"at {Now.TotalSeconds:F3} s: {what}");
    }

    /// <summary>Adds to the trace. Only what is the same in each replay may be in it.</summary>
    public void Trace(string what)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{Now.TotalMilliseconds,9:F1} {what}");
        foreach (char c in line)
            TraceHash = unchecked((TraceHash ^ c) * HashPrime);
        if (keepsTrace)
            lines.Add(line);
    }

    /// <summary>Ids that are counted, so that they are the same in each replay.</summary>
    public ElementId NewId() => new(new Guid(0, 0, 0, BitConverter.GetBytes(++idsMade)));

    /// <summary>The number of an id that <see cref="NewId"/> made: short, for the trace.</summary>
    public static long NumberOf(ElementId id) => BitConverter.ToInt64(id.Value.ToByteArray(), 8);
}
