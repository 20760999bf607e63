using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Takes in requests that come with an <c>Idempotency-Key</c>, and notes what became of them. What was asked for is
/// done, or not, whether that can be noted or not: without the note, a repeat is carried out under the same id once
/// the attempt's time is over.
/// </summary>
internal sealed partial class IdempotencyDesk(IdempotencyStore store, ILogger<IdempotencyDesk> log)
{
    /// <summary>Begins an attempt, or gives the reply of an earlier one.</summary>
    /// <param name="context">The request; it is read before the first wait.</param>
    /// <param name="key">Its key.</param>
    /// <param name="body">Its body.</param>
    /// <param name="atLeast">How long the attempt may go on at the least, if that is longer than usual.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="Http.ProblemException">
    /// It is being carried out; or it was, and the reply was not kept; or the key belongs to another.
    /// </exception>
    public async Task<IdempotentAttempt> BeginAsync(
        HttpContext context, string key, ReadOnlyMemory<byte> body, TimeSpan atLeast, CancellationToken cancel)
    {
        string path = context.Request.Path.ToUriComponent();
        IdempotentAttempt attempt = await store.BeginAsync(
            IdempotencyKey.RecordName(context, key),
            IdempotencyKey.Fingerprint(context.Request, body),
            atLeast,
            cancel);
        return attempt with { Path = path };
    }

    /// <summary>Keeps the reply for all repeats; of one that is too large, that there was one.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="reply">What was answered.</param>
    /// <param name="mayRunAgain">Whether a repeat is carried out, under the same id, when it is too large.</param>
    public Task EndAsync(IdempotentAttempt attempt, KeptReply reply, bool mayRunAgain) =>
        TryAsync(attempt, () => store.EndAsync(attempt, reply, mayRunAgain));

    /// <summary>It was refused and nothing was done.</summary>
    public Task RefusedAsync(IdempotentAttempt attempt) => TryAsync(attempt, () => store.RefusedAsync(attempt));

    /// <summary>Nobody knows what it did: a repeat tries anew, at once.</summary>
    public Task ReopenAsync(IdempotentAttempt attempt) => TryAsync(attempt, () => store.ReopenAsync(attempt));

    private async Task TryAsync(IdempotentAttempt attempt, Func<Task> note)
    {
        try
        {
            await note();
        }
        catch (Exception error)
        {
            LogNotNoted(attempt.Path, error);
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "What became of a request to {Path} could not be noted with its key")]
    private partial void LogNotNoted(string path, Exception error);
}
