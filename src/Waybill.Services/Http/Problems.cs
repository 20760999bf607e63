using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Http;

/// <summary>Problem details after RFC 9457: every error has the same shape and a stable type.</summary>
public static class Problems
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>
    /// Answers with problem details whatever goes wrong behind it, also where only a status was set. What a client sent
    /// is never a 5xx; of the server's own faults a client sees the trace id alone. Nothing is done for a client
    /// that hung up before its request began.
    /// </summary>
    /// <param name="app">Put it first, so that all others stand behind it.</param>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) =>
        app.UseMiddleware<ClosedConnections>().UseMiddleware<ProblemMiddleware>();

    /// <summary>A problem as an endpoint's result.</summary>
    /// <param name="type">The kind of problem.</param>
    /// <param name="detail">What, which one, why, and what to do; no secrets.</param>
    public static IResult Of(ProblemType type, string detail) => new ProblemResult(new ProblemException(type, detail));

    /// <summary>Writes a problem as the response, of which nothing may have been sent.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">What is wrong.</param>
    public static async Task WriteAsync(HttpContext context, ProblemException problem)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(problem);
        HttpResponse response = context.Response;
        response.StatusCode = problem.Type.Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Seconds(wait);
        byte[] body = ToJson(problem, Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    internal static string Seconds(TimeSpan span) =>
        Math.Max(1, (long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static byte[] ToJson(ProblemException problem, string traceId)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", problem.Type.Uri);
            json.WriteString("title", problem.Type.Title);
            json.WriteNumber("status", problem.Type.Status);
            json.WriteString("detail", problem.Message);
            if (problem.Code is not null)
                json.WriteString("code", problem.Code);
            json.WriteString("traceId", traceId);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private sealed class ProblemResult(ProblemException problem) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => problem.Type.Status;

        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);
    }
}
