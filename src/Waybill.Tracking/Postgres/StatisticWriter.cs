using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Postgres;

/// <summary>Adds what a pass has counted to what is kept.</summary>
internal sealed class StatisticWriter(PostgresSession session, int site)
{
    public async Task AddAsync(PassTallies tallies)
    {
        foreach (((int node, TrackedState state), int change) in tallies.Depths.Where(depth => depth.Value != 0))
        {
            await session.RunAsync(
                "insert into waybill.depth as d (site, node, state, count) values ($1, $2, $3, $4) "
                + "on conflict (site, node, state) do update set count = d.count + excluded.count",
                site, node, (int)state, (long)change);
        }

        foreach (((int node, long minute), MinuteTally tally) in tallies.Minutes)
        {
            await session.RunAsync(
                """
                insert into waybill.node_minute as m (minute, site, node, arrivals, departures, runs, busy)
                values ($1, $2, $3, $4, $5, $6, $7) on conflict (minute, site, node) do update set
                    arrivals = m.arrivals + excluded.arrivals, departures = m.departures + excluded.departures,
                    runs = m.runs + excluded.runs, busy = m.busy + excluded.busy
                """,
                minute, site, node, tally.Arrivals, tally.Departures, tally.Runs, tally.Busy);
        }

        if (tallies.Minutes.Count > 0)
        {
            await session.RunAsync(
                "delete from waybill.node_minute where site = $1 and minute < $2",
                site, tallies.Minutes.Keys.Max(entry => entry.Minute) - PassTallies.MinutesKept);
        }

        foreach (((int node, long hour), HourTally tally) in tallies.Hours)
            await AddHourAsync(node, hour, tally);
        foreach (((string workflow, int version, long day), DayTally tally) in tallies.Days)
            await AddDayAsync(workflow, version, day, tally);
    }

    private async Task AddHourAsync(int node, long hour, HourTally tally)
    {
        await session.ReadAsync(
            "select waiting, service from waybill.node_hour where hour = $1 and site = $2 and node = $3",
            row =>
            {
                tally.Waiting.Merge(Histogram.Of((byte[])row.GetValue(0)));
                tally.Service.Merge(Histogram.Of((byte[])row.GetValue(1)));
            },
            hour, site, node);
        await session.RunAsync(
            """
            insert into waybill.node_hour as h (
                hour, site, node, arrivals, completions, retries, diverted, sidelined, waiting, service, busy)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (hour, site, node) do update set
                arrivals = h.arrivals + excluded.arrivals, completions = h.completions + excluded.completions,
                retries = h.retries + excluded.retries, diverted = h.diverted + excluded.diverted,
                sidelined = h.sidelined + excluded.sidelined, waiting = excluded.waiting, service = excluded.service,
                busy = h.busy + excluded.busy
            """,
            hour, site, node, tally.Arrivals, tally.Completions, tally.Retries, tally.Diverted, tally.Sidelined,
            tally.Waiting.ToBytes(), tally.Service.ToBytes(), tally.Busy);
    }

    private async Task AddDayAsync(string workflow, int version, long day, DayTally tally)
    {
        await session.ReadAsync(
            "select duration from waybill.workflow_day "
            + "where day = $1 and site = $2 and workflow = $3 and version = $4",
            row => tally.Duration.Merge(Histogram.Of((byte[])row.GetValue(0))),
            day, site, workflow, version);
        await session.RunAsync(
            """
            insert into waybill.workflow_day as d (
                day, site, workflow, version, accepted, finished, failed, cancelled, dropped, duration)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (day, site, workflow, version) do update set
                accepted = d.accepted + excluded.accepted, finished = d.finished + excluded.finished,
                failed = d.failed + excluded.failed, cancelled = d.cancelled + excluded.cancelled,
                dropped = d.dropped + excluded.dropped, duration = excluded.duration
            """,
            day, site, workflow, version, tally.Accepted, tally.Ended[0], tally.Ended[1], tally.Ended[2],
            tally.Ended[3], tally.Duration.ToBytes());
    }
}
