using Waybill.Stores;
using Waybill.Tracking.Folding;
using Waybill.Tracking.Reading;

namespace Waybill.Tracking;

/// <summary>
/// Keeps what feeds bring: where each element is and was, node statistics, and the warehouse of finished families. One
/// store takes in any number of sites. All members are thread-safe.
/// </summary>
public abstract class TrackingStore : IAsyncDisposable
{
    private const int RetakenMax = 1000;

    private protected TrackingStore()
    {
    }

    /// <summary>What this store is, for people.</summary>
    public abstract string Description { get; }

    /// <summary>Called at the points at which a process can die, so that tests can do just that.</summary>
    internal Action<TrackingStep>? Passing { get; set; }

    /// <summary>The last kind of row that is known. An earlier one makes it a store of an older version.</summary>
    internal JournalKind NewestKind { get; set; } = Enum.GetValues<JournalKind>().Max();

    /// <summary>
    /// Creates or migrates the schema, and undoes what a move that was cut short has left. Must be awaited before
    /// anything else; harmless when repeated.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    public abstract Task OpenAsync(CancellationToken cancel);

    /// <summary>How far a site's journal has been taken in; default for not at all.</summary>
    /// <param name="site">The site's name, 1 to 100 characters.</param>
    /// <param name="cancel">Stops waiting.</param>
    public abstract Task<JournalPosition> PositionAsync(string site, CancellationToken cancel);

    /// <summary>
    /// Takes rows in, in one transaction together with the new position, so that each row counts once. A row that
    /// cannot be read, or not be put to its element, is set aside in the same transaction: it keeps its family from the
    /// warehouse, and nothing else.
    /// </summary>
    /// <param name="pass">The rows, and the position behind which they follow.</param>
    /// <param name="cancel">Stops waiting; what was begun may still be taken in.</param>
    /// <returns>False, and nothing was written, when the site's position is another one.</returns>
    public async Task<bool> ApplyAsync(TrackingPass pass, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(pass);
        bool applied = await WithoutUnfoldableAsync(
            pass.Entries, isRetaken: false, content => ApplyAsync(pass, content, cancel));
        if (applied)
            Passing?.Invoke(TrackingStep.PassCommitted);
        return applied;
    }

    /// <summary>
    /// Takes in what was set aside, as far as it can be now; some thousand rows at a time, each of them in one
    /// transaction with what keeps it. A feed does this when it starts, so after each upgrade.
    /// </summary>
    /// <remarks>
    /// A row whose element has gone on since stands in its history, and gives it the key, the acceptance and the
    /// attributes that it lacks; it changes no place and no hourly figure. One that was called and whose acceptance
    /// comes late stays a family of its own.
    /// </remarks>
    /// <param name="site">Whose rows.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many were taken in.</returns>
    public Task<int> RetakeAsync(string site, CancellationToken cancel) =>
        RetakeAsync(new AsideFilter { Site = site }, trace: null, cancel);

    /// <summary>How many rows of a site are set aside.</summary>
    /// <param name="site">The site.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsideAsync(string site, CancellationToken cancel) =>
        ReadAsync(shelves => AsideReading.CountAsync(shelves.Tracking, new AsideFilter { Site = site }), cancel);

    /// <summary>
    /// Forgets the texts of rows set aside that could not be sealed because nobody knows whose they are. What is left
    /// of a row stays, and can be taken in.
    /// </summary>
    /// <param name="before">Of rows that sites wrote before this instant.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Of how many rows.</returns>
    public abstract Task<int> ForgetAsideAsync(DateTimeOffset before, CancellationToken cancel);

    /// <summary>Notes what a site's nodes can do at once; replaces what was noted for the same nodes.</summary>
    /// <param name="site">The site.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="processes">How many processes run them.</param>
    /// <param name="cancel">Stops waiting.</param>
    public abstract Task DeclareAsync(
        string site, IReadOnlyList<NodeCapacity> nodes, int processes, CancellationToken cancel);

    /// <summary>
    /// Moves families of which every member has ended to the warehouse. Whoever reads sees each of them in one place,
    /// at any time, also when the process dies in the middle.
    /// </summary>
    /// <param name="familiesMax">How many at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many were moved.</returns>
    public abstract Task<int> MoveAsync(int familiesMax, CancellationToken cancel);

    /// <summary>
    /// Destroys the key of a subject: all personal data of it, in tracking and warehouse, is unreadable from then on,
    /// and the subject's name is forgotten. Data that comes in later gets a new key.
    /// </summary>
    /// <remarks>
    /// Reaches rows that are set aside where it is known whose they are; the texts of others are forgotten in time
    /// (<see cref="ForgetAsideAsync"/>).
    /// </remarks>
    /// <param name="subject">The subject.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False when there is no such subject.</returns>
    public abstract Task<bool> EraseAsync(string subject, CancellationToken cancel);

    /// <summary>Drops the months of the warehouse before a month, each as a whole.</summary>
    /// <param name="month">Any day of the oldest month that is kept.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many months were dropped.</returns>
    public abstract Task<int> DropMonthsBeforeAsync(DateOnly month, CancellationToken cancel);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Takes in what can be, sets aside the rest, and moves the position, in one transaction.</summary>
    private protected abstract Task<bool> ApplyAsync(
        TrackingPass pass, PassContent content, CancellationToken cancel);

    /// <summary>
    /// Takes in what can be, and keeps it aside no longer, in one transaction; nothing when another process has.
    /// </summary>
    private protected abstract Task<int> RetakeAsync(
        string site, PassContent content, AsideTrace? trace, CancellationToken cancel);

    /// <summary>Takes in rows that are set aside, page by page, as far as it can be now.</summary>
    internal async Task<int> RetakeAsync(AsideFilter filter, AsideTrace? trace, CancellationToken cancel)
    {
        int taken = 0;
        for (PageRequest? request = new(RetakenMax); request is not null;)
        {
            PageRequest asked = request;
            Page<RowSetAside> page =
                await ReadAsync(shelves => AsideReading.ListAsync(shelves.Tracking, filter, asked), cancel);
            foreach (IGrouping<string, RowSetAside> site in page.Items.GroupBy(row => row.Site))
            {
                taken += await WithoutUnfoldableAsync(
                    [.. site.Select(row => row.Entry).OrderBy(entry => entry.Position)], isRetaken: true,
                    content => RetakeAsync(site.Key, content, trace, cancel));
            }

            request = page.Next is { } next ? new PageRequest(RetakenMax, next) : null;
        }

        return taken;
    }

    /// <summary>Keeps rows aside no longer, and notes it, in one transaction.</summary>
    /// <returns>How many of them were there.</returns>
    internal abstract Task<int> DismissAsync(IReadOnlyList<long> ids, AsideTrace trace, CancellationToken cancel);

    /// <summary>Reads from one snapshot of tracking, and the part of the warehouse that belongs to it.</summary>
    internal abstract Task<T> ReadAsync<T>(Func<Shelves, Task<T>> read, CancellationToken cancel);

    // What is wrong with a row may be found only when the rows before it have been folded: then all of it is undone,
    // and done again without that row.
    private async Task<T> WithoutUnfoldableAsync<T>(
        IReadOnlyList<JournalEntry> rows, bool isRetaken, Func<PassContent, Task<T>> take)
    {
        Dictionary<JournalPosition, string> unfoldable = [];
        while (true)
        {
            try
            {
                return await take(new PassContent(rows, NewestKind, isRetaken, unfoldable));
            }
            catch (UnfoldableRowException found)
            {
                unfoldable.Add(found.Entry.Position, found.Reason);
            }
        }
    }
}

/// <summary>Points at which a process can die.</summary>
internal enum TrackingStep
{
    /// <summary>The rows of a pass are written, and not committed.</summary>
    PassWritten,

    /// <summary>A pass is committed, and its caller does not know.</summary>
    PassCommitted,

    /// <summary>Families stand in the warehouse and still in tracking.</summary>
    FamiliesCopied,

    /// <summary>A move is committed, and its caller does not know.</summary>
    MoveCommitted,
}
