using Waybill.Tracking.Reading;

namespace Waybill.Tracking;

/// <summary>
/// What a person can do with rows of journals that could not be taken in: look, try again, dismiss; one, or all that
/// match. Every act leaves a trace in the tracking store, in the act's own transaction. Thread-safe.
/// </summary>
/// <remarks>Acts go through the rows in pages, and each page is a transaction for each site.</remarks>
/// <param name="store">The store, opened; acts need it open for writing.</param>
/// <param name="time">The clock of traces.</param>
public sealed class AsideDesk(TrackingStore store, TimeProvider time)
{
    private const int PageSize = 1000;

    /// <summary>A page of the rows that are set aside.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<Page<RowSetAside>> ListAsync(
        AsideFilter filter, PageRequest? page = null, CancellationToken cancel = default) =>
        store.ReadAsync(
            shelves => AsideReading.ListAsync(shelves.Tracking, filter, page ?? new PageRequest()), cancel);

    /// <summary>How many rows are set aside, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsync(AsideFilter filter, CancellationToken cancel = default) =>
        store.ReadAsync(shelves => AsideReading.CountAsync(shelves.Tracking, filter), cancel);

    /// <summary>
    /// Takes rows in, as far as that can be now, each of them once; see <see cref="TrackingStore.RetakeAsync(string,
    /// CancellationToken)"/>. The others stay, with the reason of now.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many were taken in.</returns>
    /// <exception cref="Stores.StoreUnavailableException">
    /// Somebody else acts on the same rows: nothing of this page was done.
    /// </exception>
    public Task<int> RetryAsync(AsideFilter filter, Actor actor, CancellationToken cancel = default) =>
        store.RetakeAsync(filter, Trace(AsideActKind.Retried, actor), cancel);

    /// <summary>
    /// Forgets rows: what they tell is lost to tracking, and their families are free to move to the warehouse.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops between pages.</param>
    /// <returns>How many were dismissed.</returns>
    public async Task<int> DismissAsync(AsideFilter filter, Actor actor, CancellationToken cancel = default)
    {
        AsideTrace trace = Trace(AsideActKind.Dismissed, actor);
        int dismissed = 0;
        for (PageRequest? request = new(PageSize); request is not null;)
        {
            Page<RowSetAside> page = await ListAsync(filter, request, cancel);
            if (page.Items.Count > 0)
                dismissed += await store.DismissAsync([.. page.Items.Select(row => row.Id)], trace, cancel);
            request = page.Next is { } next ? new PageRequest(PageSize, next) : null;
        }

        return dismissed;
    }

    /// <summary>A page of what operators did with rows that were set aside.</summary>
    /// <param name="filter">Which acts.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<Page<AsideAct>> ActsAsync(
        AsideActFilter filter, PageRequest? page = null, CancellationToken cancel = default) =>
        store.ReadAsync(
            shelves => AsideReading.ActsAsync(shelves.Tracking, filter, page ?? new PageRequest()), cancel);

    /// <summary>How many acts there were.</summary>
    /// <param name="filter">Which acts.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountActsAsync(AsideActFilter filter, CancellationToken cancel = default) =>
        store.ReadAsync(shelves => AsideReading.CountActsAsync(shelves.Tracking, filter), cancel);

    private AsideTrace Trace(AsideActKind act, Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new AsideTrace(act, actor, time.GetUtcNow());
    }
}
