using Waybill.Services.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>The kinds of problem that have to do with <c>Idempotency-Key</c>.</summary>
public static class IdempotencyProblems
{
    /// <summary>The key is missing where one must be given, or cannot be read.</summary>
    public static ProblemType BadKey { get; } = new(
        "idempotency-key-invalid", 400, "The idempotency key is missing or cannot be read");

    /// <summary>The process keeps no keys, so it cannot promise that a repeat does nothing more.</summary>
    public static ProblemType Unsupported { get; } = new(
        "idempotency-key-unsupported", 400, "Idempotency keys are not kept here");

    /// <summary>A request with this key is being carried out.</summary>
    public static ProblemType InProgress { get; } = new(
        "idempotency-key-in-progress", 409, "A request with this key is being carried out");

    /// <summary>The request was carried out, and its answer was too large to be kept.</summary>
    public static ProblemType ReplyNotKept { get; } = new(
        "idempotency-reply-not-kept", 409, "The request was carried out, and its answer is not kept");

    /// <summary>The key belongs to another request.</summary>
    public static ProblemType Reused { get; } = new(
        "idempotency-key-reused", 422, "The key was used for another request");
}
