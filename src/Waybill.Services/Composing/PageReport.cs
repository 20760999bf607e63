namespace Waybill.Services.Composing;

/// <summary>What became of a page.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Duration">From its beginning until nothing was left to wait for.</param>
/// <param name="Deadline">How much time it had.</param>
/// <param name="Pieces">All its pieces, in the order in which they were asked for.</param>
/// <param name="SharedCalls">How many calls were spared because an equal one was made.</param>
public sealed record PageReport(
    string Name, TimeSpan Duration, TimeSpan Deadline, IReadOnlyList<PieceReport> Pieces, int SharedCalls)
{
    /// <summary>Whether no piece is missing.</summary>
    public bool IsComplete => Pieces.All(piece => piece.Missing is null);

    /// <summary>The pieces that are missing, those with a fallback too.</summary>
    public IEnumerable<PieceReport> Missing => Pieces.Where(piece => piece.Missing is not null);
}

/// <summary>What became of a piece.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Duration">How long its call took, or was waited for; zero when it was never made.</param>
/// <param name="Missing">Why it is missing; null when it is there.</param>
/// <param name="IsFallback">Whether something stands in for it.</param>
public sealed record PieceReport(string Name, TimeSpan Duration, Missing? Missing, bool IsFallback);
