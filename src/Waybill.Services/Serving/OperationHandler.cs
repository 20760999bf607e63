using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waybill.Services.Asynchronous;
using Waybill.Services.Calling;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;

namespace Waybill.Services.Serving;

/// <summary>Carries out the calls of one operation that come over HTTP.</summary>
internal sealed partial class OperationHandler(OperationContract operation, ServedService served)
{
    private const string UnnamedCaller = "(unnamed)";

    /// <summary>What an explorer of endpoints takes for the code of each.</summary>
    public static MethodInfo Method { get; } = typeof(OperationHandler).GetMethod(nameof(HandleAsync))!;

    private readonly ILogger log = served.Log;
    private readonly OperationRuns runs = new(operation, served);

    public async Task HandleAsync(HttpContext http)
    {
        using Activity? span = ServiceTracing.StartServing(operation.Address, http.Request.Headers);
        string caller = CallerOf(http.Request);
        long begun = served.Time.GetTimestamp();
        Problem? problem = await AnswerAsync(http, caller, begun);
        CallEnding ending = problem?.Ending ?? CallEnding.Answered;
        served.Meter.Add(CallSide.Callee, caller, operation, served.Time.GetElapsedTime(begun), ending);
        if (problem is null)
            return;
        if (problem.Status >= 500)
            span?.SetStatus(ActivityStatusCode.Error, problem.Title);
        await problem.WriteAsync(http);
    }

    // Null when the result was written.
    private async Task<Problem?> AnswerAsync(HttpContext http, string caller, long begun)
    {
        if (DeadlineOf(http.Request) is not { } remaining)
            return Problem.BadDeadline();
        if (remaining <= TimeSpan.Zero)
            return Problem.DeadlinePassed(operation);
        if (runs.KeyOf(http.Request, out string? key) is { } unusable)
            return unusable;
        using CancellationTokenSource deadline = new(remaining, served.Time);
        using CancellationTokenSource given =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, http.RequestAborted);
        try
        {
            // The body first: a client that sends it slowly must not keep a place among those that are carried out.
            int max = served.Options.BodyMaxBytes;
            ReadOnlyMemory<byte>? body = await RequestBody.ReadAsync(http.Request, max, given.Token);
            if (body is null)
                return Problem.BodyTooLarge(max);
            object?[] arguments = ArgumentsJson.Read(operation, body.Value.Span);
            RateLimitLease place = await served.Admission.EnterAsync(given.Token);
            if (!place.IsAcquired)
                return Problem.Overloaded(operation);
            OperationRequest request = new(caller, begun, remaining, key, body.Value);
            Task<OperationReply> run = RunAsync(place, () => runs.RunAsync(http, request, arguments, given.Token));
            OperationReply reply = await run.WaitAsync(given.Token);
            if (reply.Problem is not null)
                return reply.Problem;
            await SendAsync(http, reply.Body, given.Token);
            return null;
        }
        catch (JsonException error)
        {
            return Problem.BadArguments(error.Message);
        }
        catch (RefusedException refusal)
        {
            return Problem.Refused(refusal);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Problem.DeadlinePassed(operation);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Problem.CallerLeft();
        }
        catch (ServiceCallException error)
        {
            LogFailed(error, operation.Address);
            return Problem.DependencyFailed(operation);
        }
        catch (Exception error)
        {
            LogFailed(error, operation.Address);
            return Problem.OperationFailed(operation);
        }
    }

    // An implementation that ignores its token keeps its place until it ends, though its caller waits no longer.
    private static async Task<OperationReply> RunAsync(RateLimitLease place, Func<Task<OperationReply>> run)
    {
        using (place)
            return await run();
    }

    private static string CallerOf(HttpRequest request)
    {
        string? caller = request.Headers[WireHeaders.Caller];
        bool isName = caller is { Length: >= 1 and <= 100 } && caller.All(c => c is >= ' ' and <= '~');
        return isName ? caller! : UnnamedCaller;
    }

    // The caller's or the operation's own, whichever is shorter; null when the header is no number.
    private TimeSpan? DeadlineOf(HttpRequest request)
    {
        string? header = request.Headers[WireHeaders.Deadline];
        if (header is null)
            return operation.Deadline;
        bool isNumber = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds);
        return isNumber ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, operation.Terms.DeadlineMs)) : null;
    }

    private async Task SendAsync(HttpContext http, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (operation.TicketType is not null)
        {
            // As every submission: with the ticket's address, and held back while the client prefers to wait.
            IResult accepted = await served.Tickets!.AcceptedAsync(http, TicketJson.ReadReceipt(body.Span));
            await accepted.ExecuteAsync(http);
            return;
        }

        if (operation.ResultJson is null)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, cancel);
    }

    [LoggerMessage(7001, LogLevel.Error, "A call of {Operation} failed")]
    private partial void LogFailed(Exception error, string operation);
}
