using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>How tickets are served.</summary>
public sealed class TicketOptions
{
    /// <summary>Where tickets are found. Default: <c>/v1/tickets</c>.</summary>
    public string Path { get; set; } = "/v1/tickets";

    /// <summary>How long one request waits at the most, whatever the client asks for. Default: 60 seconds.</summary>
    public TimeSpan WaitMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>When a client is told to look again. Default: 1 second.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the journal is looked at for those who wait; endings in this process are told at once. Default: a
    /// fifth of a second.
    /// </summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many requests may wait at once; those beyond are answered at once. Default: 20,000.</summary>
    public int WaitersMax { get; set; } = 20_000;

    /// <summary>
    /// Whether a request for a ticket is answered with the secret members of its result as they are, or masked. Other
    /// answers, which are kept for repeats, always mask them. Default: as they are, for everyone who may read it.
    /// </summary>
    public Func<HttpContext, bool> OpensSecretsFor { get; set; } = _ => true;
}
