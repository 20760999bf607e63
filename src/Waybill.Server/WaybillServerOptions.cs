namespace Waybill.Server;

/// <summary>How a site is reached over HTTP. Checked once at start; all faults are reported together.</summary>
public sealed class WaybillServerOptions
{
    /// <summary>
    /// Whether the server may listen on addresses that other machines reach. Default: false, and then it refuses to
    /// start on any other address than loopback. Say true only behind TLS, here or in a proxy.
    /// </summary>
    public bool ListensBeyondLoopback { get; set; }

    /// <summary>
    /// Authentication schemes of the host that count besides API keys. Their principals need a role of <see
    /// cref="ServerPolicies"/>. Default: none.
    /// </summary>
    public IList<string> AuthenticationSchemes { get; } = [];

    /// <summary>
    /// A file to which the first admin key is written, readable for this user only, when the site has no key yet.
    /// Default: none; a host can also make keys itself (<see cref="ApiKeys"/>).
    /// </summary>
    public string? FirstKeyFile { get; set; }

    /// <summary>
    /// For how long a process may go on with what it read of a key; a key revoked by another process works that long at
    /// the most. Default: 2 seconds.
    /// </summary>
    public TimeSpan KeyCacheDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many requests a second each key, or each anonymous address, may send. Default: 1,000.</summary>
    public int RequestsPerSecond { get; set; } = 1000;

    /// <summary>How many requests may come at once on top of that after a quiet time. Default: 2,000.</summary>
    public int RequestBurst { get; set; } = 2000;

    /// <summary>How many connections are served at once; more are closed at once. Default: 20,000.</summary>
    public int ConnectionsMax { get; set; } = 20_000;

    /// <summary>How many streams of live events are served at once. Default: 1,000.</summary>
    public int EventStreamsMax { get; set; } = 1000;

    /// <summary>How many claims of remote workers wait at once. Default: 1,000.</summary>
    public int WorkClaimsMax { get; set; } = 1000;

    /// <summary>How large the body of a request may be, in bytes. Default: 4 MiB.</summary>
    public int BodyBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>How large all headers of a request may be together, in bytes. Default: 16 KiB.</summary>
    public int HeaderBytesMax { get; set; } = 16 * 1024;

    /// <summary>How long a client may take to send the headers of a request. Default: 10 seconds.</summary>
    public TimeSpan HeaderTimeMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the trail of operators' acts is kept. Default: 400 days.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long a frozen selection of sidelined elements can be acted on. Default: 1 hour.</summary>
    public TimeSpan SelectionRetention { get; set; } = TimeSpan.FromHours(1);

    internal IEnumerable<string> Faults()
    {
        (string Name, long Value)[] numbers =
        [
            (nameof(RequestsPerSecond), RequestsPerSecond),
            (nameof(RequestBurst), RequestBurst),
            (nameof(ConnectionsMax), ConnectionsMax),
            (nameof(EventStreamsMax), EventStreamsMax),
            (nameof(WorkClaimsMax), WorkClaimsMax),
            (nameof(BodyBytesMax), BodyBytesMax),
            (nameof(HeaderBytesMax), HeaderBytesMax),
        ];
        (string Name, TimeSpan Value)[] spans =
        [
            (nameof(HeaderTimeMax), HeaderTimeMax),
            (nameof(AuditRetention), AuditRetention),
            (nameof(SelectionRetention), SelectionRetention),
        ];
        return numbers.Where(n => n.Value < 1).Select(n => $"{n.Name} must be at least 1, it is {n.Value}.")
            .Concat(spans.Where(s => s.Value <= TimeSpan.Zero)
                .Select(s => $"{s.Name} must be more than zero, it is {s.Value}."))
            .Concat(KeyCacheDuration >= TimeSpan.Zero
                ? []
                : [$"{nameof(KeyCacheDuration)} cannot be negative, it is {KeyCacheDuration}."]);
    }
}
