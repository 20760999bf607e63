using System.Globalization;
using Bookstore.Storage;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookstore.Views;

/// <summary>Shows the board on a terminal, renewed in place.</summary>
public sealed class LiveView(Board board, Notices notices, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    public Task ShowAsync(CancellationToken cancel) =>
        AnsiConsole.Live(new Text("")).AutoClear(false).StartAsync(async live =>
    {
        while (!cancel.IsCancellationRequested)
        {
            await Outage.OutlastAsync(
                async () => live.UpdateTarget(Draw(await board.LookAsync(CancellationToken.None))), time, cancel);
            live.Refresh();
            await Task.Delay(Every, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    private Rows Draw(BoardPicture picture)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("node");
        foreach (string column in (string[])["waiting", "running", "done", "retries", "sidelined", "per second"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (NodeRow row in picture.Nodes)
        {
            table.AddRow(
                $"[grey]{row.Node.Workflow}/[/]{row.Node.Node}",
                Number(row.Waiting),
                Number(row.Running),
                Number(row.Done),
                Number(row.Retries),
                row.Sidelined > 0 ? $"[red]{Number(row.Sidelined)}[/]" : "",
                row.PerSecond.ToString("N0", CultureInfo.InvariantCulture));
        }

        IEnumerable<IRenderable> lines = PlainView.Lines(picture, board.Orders).Select(line => new Text(line));
        IEnumerable<IRenderable> warnings = notices.Last.Select(notice => new Text(notice, new Style(Color.Yellow)));
        return new Rows([table, .. lines, .. warnings, new Text("Ctrl+C drains and stops; starting again goes on.")]);
    }

    private static string Number(long count) => count == 0 ? "" : count.ToString("N0", CultureInfo.InvariantCulture);
}
