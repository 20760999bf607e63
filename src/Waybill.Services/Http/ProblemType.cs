namespace Waybill.Services.Http;

/// <summary>One kind of problem that an HTTP client can meet and act upon; its URI never changes its meaning.</summary>
/// <param name="Name">Kebab case; the last part of the URI.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The kind in a few words, the same each time.</param>
public sealed record ProblemType(string Name, int Status, string Title)
{
    /// <summary>The request is not one that HTTP allows.</summary>
    public static ProblemType BadRequest { get; } = new("bad-request", 400, "The request is malformed");

    /// <summary>The body, a header or the query cannot be read as what is asked for.</summary>
    public static ProblemType InvalidInput { get; } = new("invalid-input", 400, "The input cannot be read");

    /// <summary>There is nothing at that address.</summary>
    public static ProblemType NotFound { get; } = new("not-found", 404, "There is nothing here");

    /// <summary>What is asked for does not go with the present state.</summary>
    public static ProblemType Conflict { get; } = new("conflict", 409, "The present state does not allow it");

    /// <summary>The body, or what it carries, is larger than what is taken.</summary>
    public static ProblemType TooLarge { get; } = new("too-large", 413, "The request is too large");

    /// <summary>The body is of a media type that is not taken.</summary>
    public static ProblemType WrongMediaType { get; } = new("wrong-media-type", 415, "The media type is not taken");

    /// <summary>What goes in is readable, but cannot be used.</summary>
    public static ProblemType Unusable { get; } = new("unusable-input", 422, "The input cannot be used");

    /// <summary>A fault of the server; nothing that the client sent.</summary>
    public static ProblemType Internal { get; } = new("internal-error", 500, "The server failed");

    /// <summary>The store cannot be reached; nothing was done.</summary>
    public static ProblemType Unavailable { get; } = new("store-unavailable", 503, "The store cannot be reached now");

    /// <summary>The store went away in the middle; the request may have taken effect.</summary>
    public static ProblemType OutcomeUnknown { get; } = new(
        "outcome-unknown", 503, "Whether the request took effect is unknown");

    /// <summary>The type's URI, <c>urn:waybill:problem:…</c>.</summary>
    public string Uri => "urn:waybill:problem:" + Name;
}
