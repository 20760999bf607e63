using System.Globalization;
using Bookstore.Storage;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookstore.Views;

/// <summary>Shows the board on a terminal, renewed in place and never larger than it.</summary>
public sealed class LiveView(Board board, Notices notices, TimeProvider time)
{
    private const int NameWidth = 26;
    private const string Hint = "Ctrl+C drains and stops; starting again goes on.";

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private static readonly (string Name, int Width)[] Numbers =
        [("waiting", 9), ("running", 8), ("done", 10), ("retries", 8), ("sidelined", 10), ("per s", 7)];

    public Task ShowAsync(CancellationToken cancel) =>
        AnsiConsole.Live(new Text("")).AutoClear(false).StartAsync(async live =>
    {
        while (!cancel.IsCancellationRequested)
        {
            await Outage.OutlastAsync(
                async () => live.UpdateTarget(
                    Draw(await board.LookAsync(CancellationToken.None), AnsiConsole.Profile.Height)),
                time,
                cancel);
            live.Refresh();
            await Task.Delay(Every, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    private Rows Draw(BoardPicture picture, int height)
    {
        List<Text> below =
        [
            .. PlainView.Lines(picture, board.Orders).Select(line => Line(line)),
            .. notices.Last.TakeLast(height / 10).Select(notice => Line(notice, Color.Yellow)),
            Line(Hint),
        ];
        Table table = new Table().Border(TableBorder.None);
        table.AddColumn(new TableColumn("node").Width(NameWidth).NoWrap().Padding(0, 0));
        foreach ((string name, int width) in Numbers)
            table.AddColumn(new TableColumn(name).Width(width).RightAligned().NoWrap().Padding(0, 0));
        // Besides the rows there are the headings, an empty line, what stands below, and the line of the cursor.
        foreach (BoardRow row in BoardRows.Fit(picture.Nodes, height - below.Count - 3))
        {
            table.AddRow(
                new Text(row.Name), Number(row.Waiting), Number(row.Running), Number(row.Done), Number(row.Retries),
                Number(row.Sidelined, Color.Red), Number((long)Math.Round(row.PerSecond)));
        }

        return new Rows([table, new Text(""), .. below.Cast<IRenderable>()]);
    }

    // A line that does not fit is cut: wrapped, it would push others off the terminal.
    private static Text Line(string text, Color? colour = null)
    {
        int most = AnsiConsole.Profile.Width - 1;
        return new Text(text.Length > most ? $"{text[..Math.Max(0, most - 1)]}…" : text, new Style(colour));
    }

    private static Text Number(long count, Color? colour = null) => new(
        count == 0 ? "" : count.ToString("N0", CultureInfo.InvariantCulture), new Style(colour));
}
