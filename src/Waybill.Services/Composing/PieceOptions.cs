namespace Waybill.Services.Composing;

/// <summary>How a piece is got.</summary>
/// <typeparam name="T">What it is.</typeparam>
public sealed record PieceOptions<T>
{
    /// <summary>
    /// How long its call may take, from when it begins; more than zero. Default: as long as the page waits.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not more than zero.</exception>
    public TimeSpan? Budget
    {
        get;
        init => field = value is { } budget && budget <= TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(nameof(value), budget, "A budget must be more than zero.")
            : value;
    }

    /// <summary>What stands in for it when it is missing. Default: nothing.</summary>
    public Func<Missing, T>? Fallback { get; init; }

    /// <summary>
    /// Pieces of one page and type with the same key share one call. Default: none. Calls of service clients that are
    /// declared idempotent share by themselves, when operation and arguments are equal.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// The service whose places the call takes until it has really ended. Default: none; service clients know theirs.
    /// </summary>
    public string? Service { get; init; }
}
