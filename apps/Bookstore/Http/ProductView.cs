using Bookstore.Contracts;

namespace Bookstore.Http;

/// <summary>
/// An article's page. What could not be found out in time is null, or not in its list, and is named in
/// <see cref="Missing"/>.
/// </summary>
internal sealed record ProductView
{
    public required string Sku { get; init; }

    public CatalogArticle? Article { get; init; }

    public ReviewSummary? Reviews { get; init; }

    public required IReadOnlyList<CentreStock> Stock { get; init; }

    public required IReadOnlyList<DeliveryPromise> Deliveries { get; init; }

    public required IReadOnlyList<ProductCard> Similar { get; init; }

    public required IReadOnlyList<ProductCard> AlsoBought { get; init; }

    public required IReadOnlyList<ProductCard> RecentlySeen { get; init; }

    /// <summary>What is missing, and why; empty for a whole page.</summary>
    public required IReadOnlyList<MissingPiece> Missing { get; init; }

    public required ProductEffort Effort { get; init; }

    /// <summary>Whether a part of the page is missing, by the beginning of its pieces' names.</summary>
    public bool Lacks(string part) => Missing.Any(piece =>
        piece.Piece == part || piece.Piece.StartsWith($"{part}/", StringComparison.Ordinal));
}

/// <summary>Another article on the page, in short.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Because">Why it is there.</param>
/// <param name="Title">Its title.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="PricePence">For one piece.</param>
/// <param name="Stars">What readers gave it.</param>
/// <param name="OnHand">How many pieces the centres have that could be asked.</param>
internal sealed record ProductCard(
    string Sku, SuggestedBecause? Because, string? Title, string? Author, long? PricePence, decimal? Stars,
    long? OnHand);

/// <summary>A piece that is missing.</summary>
/// <param name="Piece">Which.</param>
/// <param name="Reason">Why.</param>
internal sealed record MissingPiece(string Piece, string Reason);

/// <summary>What the page took.</summary>
/// <param name="Pieces">How many pieces it has.</param>
/// <param name="SharedCalls">How many of them were answered by the call of an equal one.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record ProductEffort(int Pieces, int SharedCalls, double Milliseconds);
