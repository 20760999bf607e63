using System.CommandLine;
using Waybill.Tracking;

namespace Bookstore.Commands;

/// <summary>The words that ask tracking and the warehouse, without the site.</summary>
internal static class TrackingWords
{
    private static readonly Option<DateTimeOffset?> Since = new("--since")
    {
        Description = "Ended at this instant or later, for example 2026-01-31 or 2026-01-31T08:00Z",
    };

    /// <summary>The commands.</summary>
    /// <param name="site">Says whose tracking.</param>
    /// <param name="output">Where they print.</param>
    public static IEnumerable<Command> Commands(Option<StoreAddress> site, TextWriter output) =>
        [Where(site, output), Bottleneck(site, output), History(site, output), Export(site, output)];

    private static Command Where(Option<StoreAddress> site, TextWriter output)
    {
        Argument<string> order = new("order") { Description = "The order's number, or any other business key" };
        Command command = new("where", "Show where an order is, and all that became of it so far.") { order };
        command.SetAction((parsed, cancel) => TrackingCommands.AskAsync(
            parsed.GetValue(site)!,
            store => TrackingCommands.WhereAsync(store, parsed.GetValue(order)!, output, cancel),
            cancel));
        return command;
    }

    private static Command Bottleneck(Option<StoreAddress> site, TextWriter output)
    {
        Option<double> minutes = new("--minutes")
        {
            Description = "How far to look back",
            DefaultValueFactory = _ => 5,
        };
        minutes.Validators.Add(CommandLine.MustNotBeNegative);
        Command command = new("bottleneck", "Show which node holds up the work, and why.") { minutes };
        command.SetAction((parsed, cancel) => TrackingCommands.AskAsync(
            parsed.GetValue(site)!,
            store => TrackingCommands.BottleneckAsync(
                store, TimeSpan.FromMinutes(Math.Clamp(parsed.GetValue(minutes), 1, 1440)), output, cancel),
            cancel));
        return command;
    }

    private static Command History(Option<StoreAddress> site, TextWriter output)
    {
        Option<int> max = new("--max") { Description = "How many at the most", DefaultValueFactory = _ => 1000 };
        Command command = new("history", "List what has ended, from tracking and warehouse as one.") { Since, max };
        command.SetAction((parsed, cancel) => TrackingCommands.AskAsync(
            parsed.GetValue(site)!,
            store => TrackingCommands.HistoryAsync(
                store, EndedSince(parsed), Math.Max(1, parsed.GetValue(max)), output, cancel),
            cancel));
        return command;
    }

    private static Command Export(Option<StoreAddress> site, TextWriter output)
    {
        Option<ExportFormat> format = new("--as")
        {
            Description = "csv or jsonlines",
            DefaultValueFactory = _ => ExportFormat.Csv,
        };
        Option<ExportKind> kind = new("--what")
        {
            Description = "elements, or steps of their histories",
            DefaultValueFactory = _ => ExportKind.Elements,
        };
        Command command = new("export", "Write what has ended as CSV or JSON lines.") { Since, kind, format };
        command.SetAction((parsed, cancel) => TrackingCommands.AskAsync(
            parsed.GetValue(site)!,
            async store =>
            {
                await new Exporter(store).WriteAsync(
                    output, parsed.GetValue(kind), parsed.GetValue(format), EndedSince(parsed), cancel);
                return 0;
            },
            cancel));
        return command;
    }

    private static EndedFilter EndedSince(ParseResult parsed) =>
        new() { Since = parsed.GetValue(Since), Workflow = Orders.Workflow.Name };
}
