using System.Globalization;
using Bookstore.Views;
using Waybill;
using Waybill.Tracking;

namespace Bookstore.Commands;

/// <summary>What can be asked of tracking and the warehouse, also while the site is down.</summary>
public static class TrackingCommands
{
    /// <summary>Asks the tracking store of a site.</summary>
    public static async Task<int> AskAsync(
        StoreAddress site, Func<TrackingStore, Task<int>> ask, CancellationToken cancel)
    {
        await using TrackingStore store = Tracks.StoreOf(site);
        await store.OpenAsync(cancel);
        return await ask(store);
    }

    /// <summary>Where an order is: its whole family, from the first node on.</summary>
    public static async Task<int> WhereAsync(
        TrackingStore store, string number, TextWriter output, CancellationToken cancel)
    {
        Tracker tracker = new(store, TimeProvider.System);
        IReadOnlyList<TrackedElement> found = await tracker.FindAsync(number, cancel: cancel);
        if (found.Count == 0)
        {
            await output.WriteLineAsync($"Nothing is known of {number}.");
            return 1;
        }

        if (await tracker.FamilyAsync(found[0].Id, cancel) is { } family)
            await TrackText.WriteAsync(family, output);
        return 0;
    }

    /// <summary>Which node holds up the work, and why.</summary>
    public static async Task<int> BottleneckAsync(
        TrackingStore store, TimeSpan window, TextWriter output, CancellationToken cancel)
    {
        Tracker tracker = new(store, TimeProvider.System);
        BottleneckReport report = await tracker.BottleneckAsync(window, cancel);
        await output.WriteLineAsync(report.Bottleneck is { } worst
            ? $"{worst.Node.Workflow}/{worst.Node.Node} holds up the work: {Words(worst)}."
            : "All nodes keep up with what comes.");
        foreach (NodeLoad load in report.Nodes)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {$"{load.Node.Workflow}/{load.Node.Node}",-28} {load.Verdict,-18} "
                + $"{load.Utilisation ?? 0,6:P0} used, {load.Queued,6:N0} queued ({load.Growth:+#,0;-#,0;0}), "
                + $"{load.Calling,6:N0} calling, {TrackText.Span(load.MeanService)} a run"));
        }

        AsideDesk aside = new(store, TimeProvider.System);
        Page<RowSetAside> oldest = await aside.ListAsync(AsideFilter.All, new PageRequest(10), cancel);
        foreach (RowSetAside row in oldest.Items)
            await output.WriteLineAsync($"  set aside: {Line(row)}");
        if (oldest.Next is not null)
            await output.WriteLineAsync($"  {await aside.CountAsync(AsideFilter.All, cancel):N0} are set aside in all");
        return 0;
    }

    /// <summary>What ended, from tracking and warehouse as one.</summary>
    public static async Task<int> HistoryAsync(
        TrackingStore store, EndedFilter filter, int max, TextWriter output, CancellationToken cancel)
    {
        Tracker tracker = new(store, TimeProvider.System);
        int shown = 0;
        Page<TrackedElement> page = new([], null);
        do
        {
            page = await tracker.EndedAsync(filter, new PageRequest(Math.Min(1000, max - shown), page.Next), cancel);
            foreach (TrackedElement element in page.Items)
                await output.WriteLineAsync(
                    $"{TrackText.Line(element)}{(element.IsArchived ? "  in the warehouse" : "")}");
            shown += page.Items.Count;
        }
        while (page.Next is not null && shown < max);

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{shown:N0} shown{(page.Next is null ? "" : "; there are more")}"));
        return 0;
    }

    /// <summary>A row that is set aside, without what it says: that may be personal.</summary>
    public static string Line(RowSetAside row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Id}  {row.Entry.At:u}  {row.Site}  {row.Entry.Kind} of {row.Entry.Element}: {row.Reason}");

    private static string Words(NodeLoad load) => load.Verdict switch
    {
        NodeVerdict.Saturated => string.Create(
            CultureInfo.InvariantCulture, $"it works {load.Utilisation:P0} of the time and {load.Queued:N0} wait"),
        NodeVerdict.FallingBehind => string.Create(
            CultureInfo.InvariantCulture, $"{load.Growth:N0} more came than went, {load.Queued:N0} wait"),
        _ => load.Verdict.ToString(),
    };
}
