using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;
using Waybill.Services.Http;

namespace Waybill.Services.Serving;

/// <summary>What a request brings besides its arguments.</summary>
/// <param name="Caller">Who sent it.</param>
/// <param name="BegunAt">When it came.</param>
/// <param name="Remaining">How much time it had then.</param>
/// <param name="Key">Its <c>Idempotency-Key</c>; null when it has none.</param>
/// <param name="Body">Its body.</param>
internal sealed record OperationRequest(
    string Caller, long BegunAt, TimeSpan Remaining, string? Key, ReadOnlyMemory<byte> Body);

/// <summary>What a run brought.</summary>
/// <param name="Body">The result, or a ticket's receipt, as JSON; empty for nothing.</param>
/// <param name="Problem">Why there was no run; null when there was one.</param>
internal sealed record OperationReply(ReadOnlyMemory<byte> Body, Problem? Problem = null);

/// <summary>
/// Runs the implementation of one operation; of all requests that come with the same <c>Idempotency-Key</c>, once.
/// </summary>
internal sealed class OperationRuns(OperationContract operation, ServedService served)
{
    /// <summary>Reads the key that is to be honoured; null when there is none.</summary>
    /// <returns>Why it cannot be; null when it can.</returns>
    public Problem? KeyOf(HttpRequest request, out string? key)
    {
        key = null;
        try
        {
            string? given = IdempotencyKey.Of(request);
            if (served.Keys is not null)
                key = given;
            else if (given is not null && !operation.Terms.Idempotent)
                return Unsupported();
            return null;
        }
        catch (ProblemException problem)
        {
            return Problem.Of(problem);
        }
    }

    /// <summary>Runs it, unless it was run for the key before.</summary>
    /// <exception cref="Exception">What the implementation throws.</exception>
    public async Task<OperationReply> RunAsync(
        HttpContext http, OperationRequest request, object?[] arguments, CancellationToken cancel)
    {
        if (request.Key is not { } key)
            return new OperationReply(await RunAsync(http, request, null, arguments, cancel));
        IdempotentAttempt attempt;
        try
        {
            attempt = await served.Keys!.BeginAsync(http, key, request.Body, request.Remaining, cancel);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new OperationReply(default, Problem.Of(ProblemMiddleware.Of(error)));
        }

        if (attempt.Record.Reply is { } kept)
            return new OperationReply(kept.Body);
        // It goes on when its caller has left, perhaps to ask again: the answer is kept for the repeat.
        using CancellationTokenSource deadline = new(LeftOf(request), served.Time);
        try
        {
            return new OperationReply(await NotedAsync(
                served.Keys, attempt, () => RunAsync(http, request, attempt.Record.Id, arguments, deadline.Token)));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new OperationReply(default, Problem.DeadlinePassed(operation));
        }
    }

    // Noted when the implementation has ended, also when its caller waits no longer.
    private async Task<byte[]> NotedAsync(
        IdempotencyDesk keys, IdempotentAttempt attempt, Func<Task<byte[]>> run)
    {
        byte[] body;
        try
        {
            body = await run();
        }
        catch (RefusedException)
        {
            await keys.RefusedAsync(attempt);
            throw;
        }
        catch (Exception)
        {
            await keys.ReopenAsync(attempt);
            throw;
        }

        KeptReply reply = new(StatusCodes.Status200OK, [], body);
        await keys.EndAsync(attempt, reply, mayRunAgain: operation.Terms.Idempotent);
        return body;
    }

    private async Task<byte[]> RunAsync(
        HttpContext http, OperationRequest request, Guid? stableId, object?[] arguments, CancellationToken cancel)
    {
        using IDisposable scope = CallContext.Serve(
            operation.Service.Address, request.Caller, LeftOf(request), served.Time, stableId, http);
        object? result = await operation.Code.RunAsync(served.Implementation, arguments, cancel);
        if (operation.Code is ITicketCode tickets)
        {
            TicketScope own = TicketScope.Of(served.Implementation.GetType());
            return TicketJson.Of(own.Checked(operation, tickets.ReceiptOf(result!)));
        }

        return operation.ResultJson is { } json ? JsonSerializer.SerializeToUtf8Bytes(result, json)
            : [];
    }

    private TimeSpan LeftOf(OperationRequest request)
    {
        TimeSpan left = request.Remaining - served.Time.GetElapsedTime(request.BegunAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private Problem Unsupported() => Problem.Of(new ProblemException(
        IdempotencyProblems.Unsupported,
        $"{operation} is served without a site that could keep keys. Send the call without one, and only once."));
}
