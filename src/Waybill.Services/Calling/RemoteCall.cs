using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>
/// One call that goes over the network: its arguments, written once for all attempts, and what it has tried.
/// </summary>
internal sealed class RemoteCall(
    OperationContract operation, object?[] arguments, string caller, TimeSpan remaining, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<Endpoint> tried = [];
    private readonly long begun = time.GetTimestamp();

    public OperationContract Operation { get; } = operation;

    public string Caller { get; } = caller;

    /// <summary>Its idempotency key, the same for all attempts; null when the operation needs none.</summary>
    public string? Key { get; } = operation.IsKeyed ? Guid.CreateVersion7(time.GetUtcNow()).ToString("D") : null;

    public ReadOnlyMemory<byte> Body { get; } = ArgumentsJson.Write(operation, arguments);

    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = remaining - time.GetElapsedTime(begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>How many attempts have begun.</summary>
    public int Attempts
    {
        get
        {
            lock (gate)
                return tried.Count;
        }
    }

    /// <summary>How long to wait before the attempt that was decided upon last.</summary>
    public TimeSpan NextDelay { get; set; }

    /// <summary>Chooses the endpoint of the next attempt, and remembers it.</summary>
    public Endpoint Begin(IReadOnlyList<Endpoint> known, Chance chance)
    {
        lock (gate)
        {
            Endpoint chosen = EndpointChoice.Choose(known, tried, chance);
            tried.Add(chosen);
            return chosen;
        }
    }

    /// <summary>Whether there is an endpoint that it has not asked.</summary>
    public bool HasUntried(IReadOnlyList<Endpoint> known)
    {
        lock (gate)
            return known.Any(endpoint => !tried.Contains(endpoint));
    }
}
