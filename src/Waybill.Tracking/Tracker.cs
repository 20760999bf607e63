using Waybill.Tracking.Reading;

namespace Waybill.Tracking;

/// <summary>
/// Answers where elements are, what there is, and how it is going, from a tracking store. Each answer comes from one
/// snapshot of tracking and warehouse. Thread-safe.
/// </summary>
/// <param name="store">The store, opened.</param>
/// <param name="time">The present, for times of what is still in flight.</param>
public sealed class Tracker(TrackingStore store, TimeProvider time)
{
    private const int GroupMax = 1000;

    /// <summary>
    /// The elements with a business key, in flight or ended, the newest first; submitted ones before called ones.
    /// </summary>
    /// <param name="businessKey">The whole business key.</param>
    /// <param name="workflow">The workflow's name; null for any.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>At most 100.</returns>
    public Task<IReadOnlyList<TrackedElement>> FindAsync(
        string businessKey, string? workflow = null, CancellationToken cancel = default) =>
        store.ReadAsync<IReadOnlyList<TrackedElement>>(
            async shelves =>
            {
                Condition condition = new Condition()
                    .And("e.business_key = @", businessKey)
                    .And("n.workflow = @", workflow);
                List<FoundElement> found = [];
                foreach (Shelf shelf in shelves.All)
                    found.AddRange(await shelf.FindAsync(condition, 100));
                return await new SubjectKeys(shelves.Tracking).OpenAsync(found
                    .OrderBy(one => one.Parent is not null)
                    .ThenByDescending(one => one.Key)
                    .Take(100));
            },
            cancel);

    /// <summary>
    /// The whole family of an element: histories, times and batches, from tracking or the warehouse; null when nobody
    /// knows it.
    /// </summary>
    /// <param name="element">Any member.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<Family?> FamilyAsync(ElementId element, CancellationToken cancel = default) =>
        store.ReadAsync(
            async shelves =>
            {
                FamilyReading reading = await FamilyReading.BeginAsync(shelves, time.GetUtcNow());
                return await reading.ReadAsync(element);
            },
            cancel);

    /// <summary>A page of elements in flight.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<Page<TrackedElement>> ListAsync(
        TrackedFilter filter, PageRequest? page = null, CancellationToken cancel = default) =>
        store.ReadAsync(
            async shelves =>
            {
                if (await ConditionAsync(shelves, filter) is not { } condition)
                    return new Page<TrackedElement>([], null);
                return await Pages.CutAsync(shelves, [shelves.Tracking], condition, page ?? new PageRequest());
            },
            cancel);

    /// <summary>How many elements in flight there are, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsync(TrackedFilter filter, CancellationToken cancel = default) =>
        store.ReadAsync(
            async shelves => await ConditionAsync(shelves, filter) is { } condition
                ? await shelves.Tracking.CountAsync(condition)
                : 0,
            cancel);

    /// <summary>How many elements in flight share values, exactly; the largest groups first, at most 1,000.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="by">One column or more.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<IReadOnlyList<TrackedGroup>> GroupAsync(
        TrackedFilter filter, IReadOnlyList<TrackedColumn> by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (by.Count == 0)
            throw new ArgumentException("Group by one column or more.", nameof(by));
        return store.ReadAsync<IReadOnlyList<TrackedGroup>>(
            async shelves =>
            {
                if (await ConditionAsync(shelves, filter) is not { } condition)
                    return [];
                string[] columns = [.. by.Select(column => column.AttributeName is { } name
                    ? "(select a.value from waybill.attribute a "
                        + $"where a.element = e.key and a.name = {condition.Name(name)})"
                    : column.Sql)];
                string places = string.Join(", ", Enumerable.Range(1, columns.Length));
                return await shelves.Tracking.ReadAsync(
                    $"select {string.Join(", ", columns)}, count(*) {ElementReading.From} where {condition.Text} "
                    + $"group by {places} order by count(*) desc, {places} limit {GroupMax}",
                    row => new TrackedGroup(
                        [.. by.Select((column, i) => Named(column, row.OptionalText(i)))], row.GetInt64(by.Count)),
                    condition.Arguments);
            },
            cancel);
    }

    /// <summary>
    /// A page of elements that have ended, from tracking and warehouse as one, in the order of acceptance.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<Page<TrackedElement>> EndedAsync(
        EndedFilter filter, PageRequest? page = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return store.ReadAsync(
            shelves => Pages.CutAsync(
                shelves, ShelvesOf(filter, shelves), Condition.Of(filter), page ?? new PageRequest()),
            cancel);
    }

    /// <summary>How many elements have ended, exactly, in tracking and warehouse as one.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountEndedAsync(EndedFilter filter, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return store.ReadAsync(
            async shelves =>
            {
                Condition condition = Condition.Of(filter);
                long count = 0;
                foreach (Shelf shelf in ShelvesOf(filter, shelves))
                    count += await shelf.CountAsync(condition);
                return count;
            },
            cancel);
    }

    /// <summary>What happened at each node in each hour, oldest first.</summary>
    /// <param name="since">From the hour that this instant is in.</param>
    /// <param name="until">Before this instant.</param>
    /// <param name="workflow">The workflow's name; null for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<IReadOnlyList<NodeHour>> HoursAsync(
        DateTimeOffset since, DateTimeOffset until, string? workflow = null, CancellationToken cancel = default) =>
        store.ReadAsync(shelves => StatisticReading.HoursAsync(shelves.Tracking, since, until, workflow), cancel);

    /// <summary>
    /// What became of each workflow's elements on each day, oldest first; kept also when months of the warehouse are
    /// dropped.
    /// </summary>
    /// <param name="since">From this day on, UTC.</param>
    /// <param name="until">Before this day.</param>
    /// <param name="workflow">The workflow's name; null for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<IReadOnlyList<WorkflowDay>> DaysAsync(
        DateOnly since, DateOnly until, string? workflow = null, CancellationToken cancel = default) =>
        store.ReadAsync(shelves => StatisticReading.DaysAsync(shelves.Tracking, since, until, workflow), cancel);

    /// <summary>Where work is stuck now, and why, by what happened in a window that ends now.</summary>
    /// <param name="window">Whole minutes, at the most a day.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<BottleneckReport> BottleneckAsync(TimeSpan window, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, TimeSpan.FromDays(1));
        DateTimeOffset now = time.GetUtcNow();
        return store.ReadAsync(shelves => LoadReading.ReadAsync(shelves.Tracking, now - window, now), cancel);
    }

    // What is in a month of the warehouse has ended before its end.
    private static IEnumerable<Shelf> ShelvesOf(EndedFilter filter, Shelves shelves) =>
        shelves.All.Where(shelf => filter.Since is null || shelf.Until is null || shelf.Until > filter.Since);

    /// <summary>The conditions of a filter; null when nothing can meet them.</summary>
    private static async Task<Condition?> ConditionAsync(Shelves shelves, TrackedFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        long? subject = null;
        if (filter.Subject is { } name)
        {
            List<long> found = await shelves.Tracking.ReadAsync(
                "select id from waybill.subject where name = @name", row => row.GetInt64(0), ("@name", name));
            if (found.Count == 0)
                return null;
            subject = found[0];
        }

        return Condition.Of(filter, subject);
    }

    private static string? Named(TrackedColumn column, string? value) =>
        column == TrackedColumn.State && value is not null
            ? ((TrackedState)int.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToString()
            : value;
}
