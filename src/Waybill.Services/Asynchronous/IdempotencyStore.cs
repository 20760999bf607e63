using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Keeps requests with an <c>Idempotency-Key</c> in the site's store: of several with one key, in whatever processes,
/// one at a time is carried out, and once it was answered all others get that answer.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="options">Times and sizes.</param>
/// <param name="time">The clock of attempts; those of the site's processes must agree to some seconds.</param>
internal sealed class IdempotencyStore(SiteClient site, IdempotencyOptions options, TimeProvider time)
{
    /// <summary>Begins an attempt, or gives the reply of an earlier one.</summary>
    /// <param name="name">The record of the key.</param>
    /// <param name="fingerprint">Tells the request from others with the key.</param>
    /// <param name="atLeast">How long the attempt may go on at the least.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ProblemException">
    /// It is being carried out; or it was, and the reply was not kept; or the key belongs to another request.
    /// </exception>
    public async Task<IdempotentAttempt> BeginAsync(
        string name, string fingerprint, TimeSpan atLeast, CancellationToken cancel)
    {
        TimeSpan lasts = atLeast > options.TakeOverAfter ? atLeast : options.TakeOverAfter;
        RecordKey key = new(IdempotencyRecord.Kind, name);
        while (true)
        {
            StoredRecord? found = (await site.Store.Records.ReadAsync([key], cancel))[0];
            IdempotencyRecord? before = found is null ? null : IdempotencyRecord.Of(found);
            if (before is { Reply: not null } && before.Fingerprint == fingerprint)
                return new IdempotentAttempt(key, before, found!.Revision);
            Check(before, fingerprint);
            IdempotencyRecord begun = new(
                fingerprint, before?.Id ?? StableId.New(time).Value, (before?.Attempt ?? 0) + 1,
                time.GetUtcNow() + lasts);
            // A client that hangs up from here on must not leave an attempt behind that nobody ends.
            if (!await WriteAsync(key, begun.ToJson(), found?.Revision ?? 0))
                continue;
            StoredRecord? written = (await site.Store.Records.ReadAsync([key], default))[0];
            if (written is not null && IdempotencyRecord.Of(written).Attempt == begun.Attempt)
                return new IdempotentAttempt(key, begun, written.Revision);
        }
    }

    /// <summary>Keeps the reply for all repeats; of one that is too large, that there was one.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="reply">What was answered.</param>
    /// <param name="mayRunAgain">Whether a repeat is carried out, under the same id, when it is too large.</param>
    public Task EndAsync(IdempotentAttempt attempt, KeptReply reply, bool mayRunAgain)
    {
        bool isKept = reply.Body.Length <= options.ReplyBytesMax;
        if (!isKept && mayRunAgain)
            return ReopenAsync(attempt);
        IdempotencyRecord ended = isKept
            ? attempt.Record with { Reply = reply }
            : attempt.Record with { BytesNotKept = reply.Body.Length };
        return WriteAsync(attempt.Key, ended.ToJson(), attempt.Revision);
    }

    /// <summary>Lets the next request with the key try at once, under the same id.</summary>
    public Task ReopenAsync(IdempotentAttempt attempt) => WriteAsync(
        attempt.Key, (attempt.Record with { Until = time.GetUtcNow() }).ToJson(), attempt.Revision);

    /// <summary>
    /// Notes that the request was refused and nothing was done: the key is free again, also for a mended request.
    /// After an attempt of which nobody knows what it did, the id stays.
    /// </summary>
    public Task RefusedAsync(IdempotentAttempt attempt) => attempt.Record.Attempt == 1
        ? site.Store.Records.WriteAsync([new RecordWrite(attempt.Key, null) { Expected = attempt.Revision }], default)
        : ReopenAsync(attempt);

    private void Check(IdempotencyRecord? before, string fingerprint)
    {
        if (before is null)
            return;
        if (before.Fingerprint != fingerprint)
        {
            throw new ProblemException(
                IdempotencyProblems.Reused,
                "This key came with another body or query before. Take a new key for a new request.");
        }

        if (before.BytesNotKept is { } bytes)
        {
            throw new ProblemException(
                IdempotencyProblems.ReplyNotKept,
                $"The first request with this key was carried out. Its answer had {bytes} bytes and is not kept, since "
                + $"only {options.ReplyBytesMax} are. Nothing is done again; ask for what it did in another way.");
        }

        TimeSpan left = before.Until - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            throw new ProblemException(
                IdempotencyProblems.InProgress,
                "The first request with this key has not been answered yet. Try again later.")
            {
                RetryAfter = left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1),
            };
        }
    }

    private Task<bool> WriteAsync(RecordKey key, byte[] value, long expected) => site.Store.Records.WriteAsync(
        [new RecordWrite(key, value) { Expected = expected, KeepFor = options.KeepFor }], default);
}

/// <summary>One attempt to carry out a request, or an earlier one that was answered.</summary>
/// <param name="Key">Its record.</param>
/// <param name="Record">What the record holds.</param>
/// <param name="Revision">The record's revision: the fence against an attempt that took over.</param>
internal sealed record IdempotentAttempt(RecordKey Key, IdempotencyRecord Record, long Revision)
{
    /// <summary>What was asked, for the log.</summary>
    public string Path { get; init; } = "";
}
