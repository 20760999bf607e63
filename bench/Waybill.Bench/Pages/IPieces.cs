using Waybill.Services;

namespace Waybill.Bench.Pages;

/// <summary>The service that the measured pages are made of.</summary>
[Service("pieces")]
public interface IPieces
{
    /// <summary>A small answer after two milliseconds; one call of a hundred never answers.</summary>
    [Operation(Idempotent = true, DeadlineMs = 2_000, LatencyMs = 10)]
    Task<PieceOfPage> FindAsync(int page, int number, CancellationToken cancel);
}

/// <summary>An answer.</summary>
/// <param name="Number">Which.</param>
/// <param name="Title">Some words.</param>
/// <param name="Price">Some number.</param>
public sealed record PieceOfPage(int Number, string Title, decimal Price);
