using Polly;
using Polly.CircuitBreaker;

namespace Waybill.Services.Calling;

/// <summary>One place where a service is carried out, and what this process has seen of it. Thread-safe.</summary>
internal sealed class Endpoint
{
    public static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);

    // Below this many attempts in ten seconds nothing is concluded.
    public const int AttemptsMin = 10;

    private readonly TimeProvider time;
    private readonly ResiliencePipeline<Answer> breaker;
    private int inFlight;
    private long openUntil = long.MinValue;
    private long ejectedUntil = long.MinValue;

    public Endpoint(Uri address, TimeProvider time)
    {
        Address = address;
        this.time = time;
        breaker = new ResiliencePipelineBuilder<Answer> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Answer>
            {
                FailureRatio = 0.5,
                MinimumThroughput = AttemptsMin,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = BreakDuration,
                ShouldHandle = static args =>
                    ValueTask.FromResult(args.Outcome.Result?.Verdict == Verdict.Broken),
                OnOpened = _ =>
                {
                    Volatile.Write(ref openUntil, After(BreakDuration));
                    return default;
                },
            })
            .Build();
        Seen = new EndpointRecord();
    }

    public Uri Address { get; }

    /// <summary>Attempts that have begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>Whether it failed so often that it is left alone for a while.</summary>
    public bool IsBroken => time.GetTimestamp() < Volatile.Read(ref openUntil);

    /// <summary>Whether it does so much worse than its peers that they are preferred for a while.</summary>
    public bool IsEjected => time.GetTimestamp() < Volatile.Read(ref ejectedUntil);

    /// <summary>What it did since it was judged last.</summary>
    public EndpointRecord Seen { get; }

    /// <summary>How many times running it was ejected.</summary>
    public int Ejections { get; private set; }

    public void Eject(TimeSpan duration)
    {
        Ejections++;
        Volatile.Write(ref ejectedUntil, After(duration));
    }

    public void Acquit() => Ejections = 0;

    /// <summary>Makes one attempt, unless it is broken.</summary>
    public async Task<Answer> AskAsync(
        Func<Endpoint, CancellationToken, Task<Answer>> attempt, string call, CancellationToken cancel)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancel);
        Interlocked.Increment(ref inFlight);
        long begun = time.GetTimestamp();
        try
        {
            Answer answer = await breaker.ExecuteAsync(
                static async (context, asked) => await asked.Attempt(asked.Endpoint, context.CancellationToken),
                context,
                (Attempt: attempt, Endpoint: this));
            Seen.Add(time.GetElapsedTime(begun), answer.Verdict == Verdict.Broken);
            return answer;
        }
        catch (OperationCanceledException)
        {
            // Another attempt was quicker, or the caller left; how long this one took already is still worth knowing.
            Seen.Add(time.GetElapsedTime(begun), isBroken: false);
            throw;
        }
        catch (BrokenCircuitException error)
        {
            string why = $"{Address} has failed too often and is left alone for a while.";
            return new Answer(
                null, new ServiceCallException(CallFailure.Unavailable, call, why, error), Verdict.Busy);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public override string ToString() => Address.ToString();

    private long After(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
}
