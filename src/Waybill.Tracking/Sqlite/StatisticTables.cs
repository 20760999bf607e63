using Waybill.Sqlite.Native;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Sqlite;

/// <summary>Adds what a pass has counted to what is kept.</summary>
internal sealed class StatisticTables(Database database)
{
    private readonly Statement addDepth = database.Keep(
        "INSERT INTO depth (site, node, state, count) VALUES (?1, ?2, ?3, ?4) "
        + "ON CONFLICT (site, node, state) DO UPDATE SET count = count + excluded.count");

    private readonly Statement addMinute = database.Keep(
        "INSERT INTO node_minute (minute, site, node, arrivals, departures, runs, busy) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (minute, site, node) DO UPDATE SET "
        + "arrivals = arrivals + excluded.arrivals, departures = departures + excluded.departures, "
        + "runs = runs + excluded.runs, busy = busy + excluded.busy");

    private readonly Statement dropMinutes = database.Keep("DELETE FROM node_minute WHERE minute < ?1");

    private readonly Statement readHour = database.Keep(
        "SELECT waiting, service FROM node_hour WHERE hour = ?1 AND site = ?2 AND node = ?3");

    private readonly Statement writeHour = database.Keep(
        "INSERT INTO node_hour "
        + "(hour, site, node, arrivals, completions, retries, diverted, sidelined, waiting, service, busy) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (hour, site, node) DO UPDATE SET "
        + "arrivals = arrivals + excluded.arrivals, completions = completions + excluded.completions, "
        + "retries = retries + excluded.retries, diverted = diverted + excluded.diverted, "
        + "sidelined = sidelined + excluded.sidelined, waiting = excluded.waiting, service = excluded.service, "
        + "busy = busy + excluded.busy");

    private readonly Statement readDay = database.Keep(
        "SELECT duration FROM workflow_day WHERE day = ?1 AND site = ?2 AND workflow = ?3 AND version = ?4");

    private readonly Statement writeDay = database.Keep(
        "INSERT INTO workflow_day "
        + "(day, site, workflow, version, accepted, finished, failed, cancelled, dropped, duration) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (day, site, workflow, version) DO UPDATE SET "
        + "accepted = accepted + excluded.accepted, finished = finished + excluded.finished, "
        + "failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled, "
        + "dropped = dropped + excluded.dropped, duration = excluded.duration");

    public void Add(int site, PassTallies tallies)
    {
        foreach (((int node, TrackedState state), int change) in tallies.Depths)
        {
            if (change != 0)
                addDepth.Bind(1, site).Bind(2, node).Bind(3, (long)state).Bind(4, change).Run();
        }

        foreach (((int node, long minute), MinuteTally tally) in tallies.Minutes)
        {
            addMinute.Bind(1, minute).Bind(2, site).Bind(3, node).Bind(4, tally.Arrivals).Bind(5, tally.Departures)
                .Bind(6, tally.Runs).Bind(7, tally.Busy).Run();
        }

        if (tallies.Minutes.Count > 0)
            dropMinutes.Bind(1, tallies.Minutes.Keys.Max(entry => entry.Minute) - PassTallies.MinutesKept).Run();
        foreach (((int node, long hour), HourTally tally) in tallies.Hours)
            AddHour(site, node, hour, tally);
        foreach (((string workflow, int version, long day), DayTally tally) in tallies.Days)
            AddDay(site, workflow, version, day, tally);
    }

    private void AddHour(int site, int node, long hour, HourTally tally)
    {
        if (readHour.Bind(1, hour).Bind(2, site).Bind(3, node).Read())
        {
            tally.Waiting.Merge(Histogram.Of(readHour.Bytes(0)));
            tally.Service.Merge(Histogram.Of(readHour.Bytes(1)));
            readHour.Reset();
        }

        writeHour.Bind(1, hour).Bind(2, site).Bind(3, node).Bind(4, tally.Arrivals).Bind(5, tally.Completions)
            .Bind(6, tally.Retries).Bind(7, tally.Diverted).Bind(8, tally.Sidelined)
            .BindBlob(9, tally.Waiting.ToBytes()).BindBlob(10, tally.Service.ToBytes()).Bind(11, tally.Busy).Run();
    }

    private void AddDay(int site, string workflow, int version, long day, DayTally tally)
    {
        if (readDay.Bind(1, day).Bind(2, site).Bind(3, workflow).Bind(4, version).Read())
        {
            tally.Duration.Merge(Histogram.Of(readDay.Bytes(0)));
            readDay.Reset();
        }

        writeDay.Bind(1, day).Bind(2, site).Bind(3, workflow).Bind(4, version).Bind(5, tally.Accepted);
        for (int ending = 0; ending < tally.Ended.Length; ending++)
            writeDay.Bind(6 + ending, tally.Ended[ending]);
        writeDay.BindBlob(10, tally.Duration.ToBytes()).Run();
    }
}
