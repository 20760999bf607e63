namespace Waybill.Server.Wire;

/// <summary>A header that an endpoint honours, for the description of the API.</summary>
/// <param name="Name">The header.</param>
/// <param name="Says">What it says, in a sentence.</param>
/// <param name="Example">A value.</param>
internal sealed record RequestHeader(string Name, string Says, string Example)
{
    /// <summary>A repeat with the same key gets the first one's answer.</summary>
    public static RequestHeader IdempotencyKey { get; } = new(
        "Idempotency-Key",
        "A string of 1 to 255 ASCII characters: a repeat with it gets the first one's answer (400, 409, 422).",
        "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"");

    /// <summary>How long the client would wait (RFC 7240).</summary>
    public static RequestHeader Prefer { get; } = new(
        "Prefer", "Holds the answer back for so many seconds, at most 60, until there is an end to tell.", "wait=10");

    /// <summary>What the client knows already.</summary>
    public static RequestHeader IfNoneMatch { get; } = new(
        "If-None-Match", "The last ETag: 304 when nothing is new; with Prefer, waits for any change.", "\"9f2c6b0a\"");
}

/// <summary>Which headers an endpoint honours.</summary>
internal sealed record HeaderMetadata(IReadOnlyList<RequestHeader> Headers);

/// <summary>A body as an example.</summary>
internal sealed record ExampleMetadata(string Json);

/// <summary>That it answers with a ticket, whose headers tell where it is and when to look again.</summary>
internal sealed record TicketMetadata;
