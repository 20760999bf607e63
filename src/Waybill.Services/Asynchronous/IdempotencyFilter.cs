using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Answers repeats of a request that come with the same <c>Idempotency-Key</c> with the first one's answer. Only
/// success is kept: a refused request can be mended and sent again with its key, one that failed is tried anew.
/// </summary>
internal sealed class IdempotencyFilter(IdempotencyDesk desk)
{
    private static readonly string[] KeptHeaders =
    [
        "Content-Type", "Content-Location", "Location", "Operation-Location", "Retry-After", "Preference-Applied",
        "ETag", "Cache-Control",
    ];

    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next, bool isRequired)
    {
        HttpContext context = invocation.HttpContext;
        string? key = IdempotencyKey.Of(context.Request);
        if (key is null)
        {
            return isRequired
                ? throw new ProblemException(
                    IdempotencyProblems.BadKey, "This request needs an Idempotency-Key, so that it takes effect once.")
                : await next(invocation);
        }

        ReadOnlyMemory<byte> body = await StrictJson.BodyAsync(context.Request, cancel: context.RequestAborted);
        IdempotentAttempt attempt = await desk.BeginAsync(
            context, key, body, TimeSpan.Zero, context.RequestAborted);
        if (attempt.Record.Reply is { } kept)
            return new KeptResult(kept);
        context.Features.Set(new StableId(attempt.Record.Id));
        try
        {
            KeptReply reply = await CaptureAsync(context, await next(invocation));
            await NoteAsync(attempt, reply);
            return new KeptResult(reply);
        }
        catch (Exception error)
        {
            bool wasRefused = ProblemMiddleware.Of(error).Type.Status < StatusCodes.Status500InternalServerError;
            await (wasRefused ? desk.RefusedAsync(attempt) : desk.ReopenAsync(attempt));
            throw;
        }
    }

    private Task NoteAsync(IdempotentAttempt attempt, KeptReply reply) => reply.Status switch
    {
        < 300 => desk.EndAsync(attempt, reply, mayRunAgain: true),
        < 500 => desk.RefusedAsync(attempt),
        _ => desk.ReopenAsync(attempt),
    };

    /// <summary>Lets the result write its response, and takes that instead of sending it.</summary>
    private static async Task<KeptReply> CaptureAsync(HttpContext context, object? result)
    {
        IResult executed = result as IResult ?? TypedResults.Json(result, StrictJson.Options);
        Stream client = context.Response.Body;
        using MemoryStream body = new();
        context.Response.Body = body;
        try
        {
            await executed.ExecuteAsync(context);
        }
        finally
        {
            context.Response.Body = client;
        }

        Dictionary<string, string> headers = KeptHeaders
            .Where(name => context.Response.Headers.ContainsKey(name))
            .ToDictionary(name => name, name => context.Response.Headers[name].ToString());
        return new KeptReply(context.Response.StatusCode, headers, body.ToArray());
    }

    private sealed class KeptResult(KeptReply reply) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => reply.Status;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse response = httpContext.Response;
            response.StatusCode = reply.Status;
            foreach ((string name, string value) in reply.Headers)
                response.Headers[name] = value;
            if (reply.Body.Length == 0)
                return;
            response.ContentLength = reply.Body.Length;
            await response.Body.WriteAsync(reply.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>Lets endpoints honour <c>Idempotency-Key</c>.</summary>
public static class IdempotencyEndpoints
{
    /// <summary>
    /// Honours <c>Idempotency-Key</c>: a repeat gets the first one's answer; 409 while that is being carried out, 422
    /// when the key belongs to another request, 400 when it cannot be read. The endpoint reads its body with
    /// <see cref="StrictJson"/>, and does what it does under <see cref="StableId.Of"/>, so that nothing is done twice
    /// when a process dies between doing it and noting that.
    /// </summary>
    /// <param name="builder">The endpoint, or a group of them.</param>
    /// <param name="isRequired">Whether a request without a key is refused with 400.</param>
    /// <typeparam name="TBuilder">What is built.</typeparam>
    public static TBuilder WithIdempotencyKey<TBuilder>(this TBuilder builder, bool isRequired = false)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (invocation, next) =>
            await invocation.HttpContext.RequestServices.GetRequiredService<IdempotencyFilter>()
                .InvokeAsync(invocation, next, isRequired));
}
