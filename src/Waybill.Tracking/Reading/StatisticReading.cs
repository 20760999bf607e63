using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Reading;

/// <summary>Reads statistics, those of all sites together.</summary>
internal static class StatisticReading
{
    public static async Task<IReadOnlyList<NodeHour>> HoursAsync(
        Shelf tracking, DateTimeOffset since, DateTimeOffset until, string? workflow)
    {
        Condition condition = new Condition()
            .And("h.hour >= @", since.ToMicros() / PassTallies.Hour * PassTallies.Hour)
            .And("h.hour < @", until.ToMicros())
            .And("n.workflow = @", workflow);
        List<(NodeAddress Node, long Hour, HourTally Tally)> rows = await tracking.ReadAsync(
            "select n.workflow, n.version, n.name, h.hour, h.arrivals, h.completions, h.retries, h.diverted, "
            + "h.sidelined, h.waiting, h.service, h.busy from waybill.node_hour h join waybill.node n on n.id = h.node "
            + $"where {condition.Text} order by h.hour, n.workflow, n.version, n.name",
            row => (
                new NodeAddress(row.GetString(0), row.GetInt32(1), row.GetString(2)), row.GetInt64(3),
                new HourTally
                {
                    Arrivals = row.GetInt64(4),
                    Completions = row.GetInt64(5),
                    Retries = row.GetInt64(6),
                    Diverted = row.GetInt64(7),
                    Sidelined = row.GetInt64(8),
                    Waiting = Histogram.Of(row.Bytes(9)),
                    Service = Histogram.Of(row.Bytes(10)),
                    Busy = row.GetInt64(11),
                }),
            condition.Arguments);
        return
        [
            .. rows.GroupBy(row => (row.Node, row.Hour), row => row.Tally).Select(group => new NodeHour(
                group.Key.Node, group.Key.Hour.ToTime(), group.Sum(tally => tally.Arrivals),
                group.Sum(tally => tally.Completions), group.Sum(tally => tally.Retries),
                group.Sum(tally => tally.Diverted), group.Sum(tally => tally.Sidelined),
                DurationFigures.Of(Histogram.Of(group.Select(tally => tally.Waiting))),
                DurationFigures.Of(Histogram.Of(group.Select(tally => tally.Service))),
                group.Sum(tally => tally.Busy).ToDuration())),
        ];
    }

    public static async Task<IReadOnlyList<WorkflowDay>> DaysAsync(
        Shelf tracking, DateOnly since, DateOnly until, string? workflow)
    {
        Condition condition = new Condition()
            .And("d.day >= @", since.ToMicros())
            .And("d.day < @", until.ToMicros())
            .And("d.workflow = @", workflow);
        List<(string Workflow, int Version, long Day, long[] Counts, Histogram Duration)> rows =
            await tracking.ReadAsync(
                "select d.workflow, d.version, d.day, d.accepted, d.finished, d.failed, d.cancelled, d.dropped, "
                + $"d.duration from waybill.workflow_day d where {condition.Text} "
                + "order by d.day, d.workflow, d.version",
                row => (
                    row.GetString(0), row.GetInt32(1), row.GetInt64(2),
                    (long[])[.. Enumerable.Range(3, 5).Select(row.GetInt64)], Histogram.Of(row.Bytes(8))),
                condition.Arguments);
        return
        [
            .. rows.GroupBy(row => (row.Workflow, row.Version, row.Day)).Select(group => new WorkflowDay(
                group.Key.Workflow, group.Key.Version, DateOnly.FromDateTime(group.Key.Day.ToTime().UtcDateTime),
                group.Sum(row => row.Counts[0]),
                Enum.GetValues<Ending>()
                    .Select(ending => (ending, Count: group.Sum(row => row.Counts[1 + (int)ending])))
                    .Where(ended => ended.Count > 0)
                    .ToDictionary(ended => ended.ending, ended => ended.Count),
                DurationFigures.Of(Histogram.Of(group.Select(row => row.Duration))))),
        ];
    }

    private static long ToMicros(this DateOnly day) =>
        new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToMicros();
}
