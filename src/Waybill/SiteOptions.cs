using System.Text.Json;

namespace Waybill;

/// <summary>How a process takes part in a site. Checked once at start; all faults are reported together.</summary>
public sealed class SiteOptions
{
    /// <summary>This process, for people. Default: machine name and process id.</summary>
    public string WorkerName { get; set; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>
    /// Which nodes this process hosts: <c>workflow/node</c>, <c>workflow</c> or <c>node</c>. Empty: all. Other nodes'
    /// elements go through the store to whoever hosts them.
    /// </summary>
    public IList<string> HostedNodes { get; } = [];

    /// <summary>How many elements this process owns at once at the most; bounds its memory. Default: 2,000.</summary>
    public int InFlightMax { get; set; } = 2000;

    /// <summary>How many elements are claimed for one node at once. Default: 200.</summary>
    public int ClaimBatchMax { get; set; } = 200;

    /// <summary>How many hops go into one commit. Default: 1,000.</summary>
    public int CommitBatchMax { get; set; } = 1000;

    /// <summary>How long another process waits before it takes over this one's work. Default: 15 seconds.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often queues are looked at when nothing tells of new work. Default: half a second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a graceful stop waits for runs that have begun. Default: 20 seconds,
    /// so that a host's usual 30 are enough for it and for what comes after.</summary>
    public TimeSpan DrainTimeMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Data larger than this is logged as a warning. Default: 256 KiB.</summary>
    public int DataWarnBytes { get; set; } = 256 * 1024;

    /// <summary>Data larger than this is refused. Default: 2 MiB.</summary>
    public int DataMaxBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>
    /// How long the ticket of an ended element is kept, and its business key with it. Default: 30 days.
    /// </summary>
    public TimeSpan TicketRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long journal rows are kept. Default: 7 days.</summary>
    public TimeSpan JournalRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How data is written and read. Default: camel case, enums as text, nulls left out, reflection. Give options with
    /// a source-generated resolver for the fastest start. <c>UnmappedMemberHandling</c> is the engine's.
    /// </summary>
    public JsonSerializerOptions? Json { get; set; }

    /// <summary>
    /// The keys of members that workflows keep encrypted (<c>Encrypts</c>). Every process of the site that runs such
    /// workflows, or is their client, needs them. Default: none.
    /// </summary>
    public IKeyRing? Keys { get; set; }

    /// <summary>How often work of dead workers is looked for.</summary>
    internal TimeSpan LookInterval => LeaseDuration / 15;

    /// <summary>The lease that the store is asked for: a look shorter, to be taken over within the lease.</summary>
    internal TimeSpan StoreLease => LeaseDuration - LookInterval;

    internal IEnumerable<string> Faults()
    {
        (string Name, long Value, long Min)[] numbers =
        [
            (nameof(InFlightMax), InFlightMax, 1),
            (nameof(ClaimBatchMax), ClaimBatchMax, 1),
            (nameof(CommitBatchMax), CommitBatchMax, 1),
            (nameof(DataWarnBytes), DataWarnBytes, 1),
            (nameof(DataMaxBytes), DataMaxBytes, 1),
        ];
        (string Name, TimeSpan Value)[] spans =
        [
            (nameof(LeaseDuration), LeaseDuration),
            (nameof(PollInterval), PollInterval),
            (nameof(TicketRetention), TicketRetention),
            (nameof(JournalRetention), JournalRetention),
        ];
        return numbers.Where(n => n.Value < n.Min).Select(n => $"{n.Name} must be at least {n.Min}, it is {n.Value}.")
            .Concat(spans.Where(s => s.Value <= TimeSpan.Zero)
                .Select(s => $"{s.Name} must be more than zero, it is {s.Value}."))
            .Concat(DrainTimeMax >= TimeSpan.Zero
                ? []
                : [$"{nameof(DrainTimeMax)} cannot be negative, it is {DrainTimeMax}."])
            .Concat(string.IsNullOrWhiteSpace(WorkerName) ? [$"{nameof(WorkerName)} must not be empty."] : []);
    }
}
