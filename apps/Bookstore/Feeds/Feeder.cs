using Bookstore.Ordering;
using Bookstore.Returning;
using Bookstore.Storage;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Feeds;

/// <summary>Submits a feed at a steady rate, from where it was left.</summary>
public sealed class Feeder(IOrderFeed feed, SiteClient site, Bookmark bookmark, TimeProvider time)
{
    private const int BatchMax = 200;
    private static readonly Actor Customer = new("customer", "changed their mind");
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    /// <summary>How many entries were submitted, in this run or before.</summary>
    public long Position { get; private set; }

    /// <summary>Returns at the feed's end, or when stopped.</summary>
    /// <param name="rate">Entries a second; 0 for as fast as they are accepted.</param>
    /// <param name="cancel">Stops after the batch under way.</param>
    public async Task RunAsync(double rate, CancellationToken cancel)
    {
        await FindPlaceAsync(cancel);
        long first = Position;
        long began = time.GetTimestamp();
        while (Position < feed.Count && !cancel.IsCancellationRequested)
        {
            double due = rate > 0 ? time.GetElapsedTime(began).TotalSeconds * rate : double.MaxValue;
            long batch = (long)Math.Min(Math.Min(due - (Position - first), feed.Count - Position), BatchMax);
            if (batch > 0)
                await Outage.OutlastAsync(() => SubmitOnceAsync((int)batch), time, cancel);
            else
                await Task.Delay(Beat, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Opens the feed where it was left.</summary>
    public async Task FindPlaceAsync(CancellationToken cancel) =>
        Position = await bookmark.FindAsync(feed.Name, cancel) ?? 0;

    /// <summary>One bounded pass: submits the next entries and moves the bookmark.</summary>
    public async Task SubmitOnceAsync(int entries)
    {
        FeedItem[] items = [.. Enumerable.Range(0, entries).SelectMany(i => feed.At(Position + i))];

        // Orders first: what is cancelled or returned must exist. Each group shares its commits.
        await Task.WhenAll(items.OfType<OrderPlaced>().Select(SubmitAsync));
        await Task.WhenAll(items.OfType<GoodsReturned>().Select(SubmitAsync));
        await Task.WhenAll(items.OfType<AddressChanged>().Select(ChangeAsync));
        await Task.WhenAll(items.OfType<CardChanged>().Select(ChangeAsync));
        await Task.WhenAll(items.OfType<OrderCancelled>().Select(CancelAsync));
        Position += entries;
        await bookmark.MoveAsync(feed.Name, Position, CancellationToken.None);
    }

    private Task SubmitAsync(OrderPlaced placed) =>
        site.SubmitAsync(Orders.Workflow, placed.Order.Number, placed.Order);

    private Task SubmitAsync(GoodsReturned returned) =>
        site.SubmitAsync(Returns.Workflow, returned.Return.Number, returned.Return);

    private Task ChangeAsync(AddressChanged changed) => site.Changes.RequestAsync(
        ElementRef.Of(Orders.Workflow.Name, changed.Order), CustomerChanges.Address, changed.Change, Customer,
        changed.Request);

    private Task ChangeAsync(CardChanged changed) => site.Changes.RequestAsync(
        ElementRef.Of(Orders.Workflow.Name, changed.Order), CustomerChanges.Card, changed.Change, Customer,
        changed.Request);

    private Task CancelAsync(OrderCancelled cancelled) =>
        site.CancelAsync(ElementRef.Of(Orders.Workflow.Name, cancelled.Order), Customer);
}
