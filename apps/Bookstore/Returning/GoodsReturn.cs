using Bookstore.Domains;
using Bookstore.Ordering;

namespace Bookstore.Returning;

/// <summary>A customer sends books back, or wants an order undone.</summary>
public sealed record GoodsReturn
{
    public required string Number { get; init; }

    public required string Order { get; init; }

    public required string CustomerId { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>Whether it takes back all of the order: one that has not been shipped yet is then cancelled.</summary>
    public bool IsWholeOrder { get; init; }

    /// <summary>What was found to have been sent, and is taken back.</summary>
    public IReadOnlyList<SentLine> Accepted { get; init; } = [];

    public Money Amount => Money.Sum(Accepted.Select(sent => sent.Pick.Value));
}

/// <summary>What a return came to.</summary>
public sealed record ReturnOutcome(Money Refunded, long Units, string? Remark);
