using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Asks one endpoint once, over HTTP, and says what became of it.</summary>
internal sealed class Attempt(Network network, ServicesOptions options, TimeProvider time)
{
    /// <param name="call">The call.</param>
    /// <param name="endpoint">The base address.</param>
    /// <param name="limit">How long this attempt may take.</param>
    /// <param name="cancel">Ends it when the call ends: no longer wanted, or out of time.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<Answer> RunAsync(RemoteCall call, Uri endpoint, TimeSpan limit, CancellationToken cancel)
    {
        using HttpRequestMessage request = Write(call, endpoint, limit);
        using CancellationTokenSource ends = new(limit, time);
        using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancel);
        long begun = time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await network.Invoker.SendAsync(request, given.Token);
            byte[] body = await ReadAsync(response.Content, given.Token);
            return response.IsSuccessStatusCode
                ? Result(call.Operation, body)
                : ProblemAnswers.Read(call.Operation, endpoint, response, body);
        }
        catch (OperationCanceledException error) when (time.GetElapsedTime(begun) >= limit)
        {
            return TooLate(call.Operation, endpoint, limit, error);
        }
        catch (HttpRequestException error)
        {
            return new Answer(null, Unavailable(call, endpoint, error), Verdict.Broken);
        }
        catch (IOException error)
        {
            return new Answer(null, Unavailable(call, endpoint, error), Verdict.Broken);
        }
        catch (AnswerTooLargeException error)
        {
            return new Answer(null, BadAnswer(call.Operation, error.Message, error), Verdict.Sound);
        }
    }

    private HttpRequestMessage Write(RemoteCall call, Uri endpoint, TimeSpan remaining)
    {
        ReadOnlyMemoryContent content = new(call.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(endpoint, call.Operation.Path)) { Content = content };
        long milliseconds = Math.Max(1, (long)remaining.TotalMilliseconds);
        request.Headers.Add(WireHeaders.Deadline, milliseconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WireHeaders.Caller, call.Caller);
        if (call.Key is { } key)
            request.Headers.Add(IdempotencyKey.Header, $"\"{key}\"");
        if (options.Authorization is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        DistributedContextPropagator.Current.Inject(
            Activity.Current,
            request,
            static (carrier, name, value) =>
                ((HttpRequestMessage)carrier!).Headers.TryAddWithoutValidation(name, value));
        return request;
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        if (content.Headers.ContentLength > options.AnswerMaxBytes)
            throw new AnswerTooLargeException(options.AnswerMaxBytes);
        await using Stream stream = await content.ReadAsStreamAsync(cancel);
        byte[] buffer = new byte[content.Headers.ContentLength ?? 4096];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                // A full buffer of known length is whole when nothing follows.
                if (length > options.AnswerMaxBytes)
                    throw new AnswerTooLargeException(options.AnswerMaxBytes);
                if (length == content.Headers.ContentLength)
                    return buffer;
                Array.Resize(ref buffer, Math.Max(4096, Math.Min(length * 2, options.AnswerMaxBytes + 1)));
            }

            int read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
                return buffer[..length];
            length += read;
        }
    }

    private static Answer Result(OperationContract operation, byte[] body)
    {
        if (operation.ResultType is null)
            return new Answer(null, null, Verdict.Sound);
        try
        {
            if (operation.Code is ITicketCode tickets)
                return new Answer(tickets.TicketOf(TicketJson.ReadReceipt(body)), null, Verdict.Sound);
            object? value = JsonSerializer.Deserialize(body, operation.ResultJson!);
            return value is null && !operation.MayBeNull
                ? new Answer(null, BadAnswer(operation, "it is null, against the contract."), Verdict.Sound)
                : new Answer(value, null, Verdict.Sound);
        }
        catch (JsonException error)
        {
            return new Answer(null, BadAnswer(operation, error.Message, error), Verdict.Sound);
        }
    }

    // Who is given less time than the operation promises to take has learnt nothing about the endpoint.
    private static Answer TooLate(OperationContract operation, Uri endpoint, TimeSpan limit, Exception error) => new(
        null,
        new ServiceCallException(
            CallFailure.DeadlinePassed,
            operation.Address,
            $"{endpoint} did not answer within {limit.TotalMilliseconds:0} ms.",
            error),
        limit.TotalMilliseconds >= operation.Terms.LatencyMs ? Verdict.Broken : Verdict.Sound);

    private static ServiceCallException Unavailable(RemoteCall call, Uri endpoint, Exception error) =>
        new(CallFailure.Unavailable, call.Operation.Address, $"{endpoint} cannot be reached: {error.Message}", error);

    private static ServiceCallException BadAnswer(OperationContract operation, string why, Exception? error = null) =>
        new(CallFailure.BadAnswer, operation.Address, why, error);

    private sealed class AnswerTooLargeException(int max)
        : Exception($"the answer is larger than {max} bytes. Raise AnswerMaxBytes, or ask for less.");
}
