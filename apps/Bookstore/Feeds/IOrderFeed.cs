using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Returning;
using Waybill.Stores;

namespace Bookstore.Feeds;

/// <summary>
/// What the outside world sends to the bookstore, as numbered entries that are the same each time they are asked for:
/// whoever feeds them can stop anywhere and go on there.
/// </summary>
public interface IOrderFeed
{
    /// <summary>Names the feed, so that each has a bookmark of its own in the store.</summary>
    string Name { get; }

    /// <summary>How many entries there are.</summary>
    long Count { get; }

    /// <summary>All articles that its orders name.</summary>
    IReadOnlyList<Article> Articles { get; }

    /// <summary>All customers that its orders name.</summary>
    IReadOnlyList<Customer> Customers { get; }

    /// <summary>What the centres have at the beginning.</summary>
    IEnumerable<OpeningStock> OpeningStock { get; }

    /// <summary>What happens at one entry, in its order.</summary>
    /// <param name="entry">From 0.</param>
    IReadOnlyList<FeedItem> At(long entry);
}

/// <summary>Something that a customer does.</summary>
public abstract record FeedItem;

/// <summary>A customer orders.</summary>
public sealed record OrderPlaced(Order Order) : FeedItem;

/// <summary>A customer changes their mind.</summary>
public sealed record OrderCancelled(string Order) : FeedItem;

/// <summary>A customer has moved.</summary>
/// <param name="Order">The order.</param>
/// <param name="Request">Names the request, so that it is made once.</param>
/// <param name="Change">Where to.</param>
public sealed record AddressChanged(string Order, ChangeId Request, AddressChange Change) : FeedItem;

/// <summary>A customer names another card.</summary>
/// <param name="Order">The order.</param>
/// <param name="Request">Names the request, so that it is made once.</param>
/// <param name="Change">Which card.</param>
public sealed record CardChanged(string Order, ChangeId Request, CardChange Change) : FeedItem;

/// <summary>A customer sends books back.</summary>
public sealed record GoodsReturned(GoodsReturn Return) : FeedItem;
