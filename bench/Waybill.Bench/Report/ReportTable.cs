using Spectre.Console;

namespace Waybill.Bench.Report;

/// <summary>Prints a report: what it was measured on, then one row for each thing measured.</summary>
internal static class ReportTable
{
    private const int WidthWhenNoTerminal = 120;

    public static void Print(BenchReport report)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthWhenNoTerminal;
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        PrintHeading(report);
        PrintMeasurements(report);
    }

    private static void PrintHeading(BenchReport report)
    {
        Grid facts = new Grid().AddColumn().AddColumn();
        facts.AddRow("machine", Markup.Escape(
            $"{report.Machine.Processor}, {report.Machine.Cores} cores, {report.Machine.MemoryMegabytes:N0} MB, "
            + $"fsync {report.Machine.FsyncMicroseconds:N0} µs"));
        facts.AddRow("system", Markup.Escape($"{report.Machine.System}, {report.Machine.Runtime}"));
        foreach (StoreFacts store in report.Stores)
            facts.AddRow(store.Name, Markup.Escape($"{store.Version}; {store.Settings}"));
        facts.AddRow("Waybill", Markup.Escape(report.Machine.Program));
        facts.AddRow("run", Markup.Escape($"{report.At:u}, {report.Options}"));
        AnsiConsole.Write(facts);
    }

    private static void PrintMeasurements(BenchReport report)
    {
        Table table = new Table().RoundedBorder().AddColumns("", "measured");
        string[] columns = [.. report.Stores.Select(store => store.Name), .. Storeless(report)];
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("to reach");
        foreach (Measurement[] row in report.Measurements.GroupBy(m => (m.Figure, m.Name)).Select(row => row.ToArray()))
        {
            IEnumerable<string> cells = columns.Select(column => Cell(row.FirstOrDefault(m => m.Store == column)));
            table.AddRow([row[0].Figure, row[0].Name, .. cells, Targets(row)]);
        }

        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Storeless(BenchReport report) =>
        report.Measurements.Select(m => m.Store).Where(store => store == Measurement.NoStore).Distinct();

    private static string Cell(Measurement? measurement) => measurement switch
    {
        null => "",
        { IsMet: true } => $"{measurement.Text} [green]met[/]",
        { IsMet: false } => $"{measurement.Text} [red]not met[/]",
        _ => measurement.Text,
    };

    private static string Targets(Measurement[] row) => string.Join(", ", row
        .Where(measurement => measurement.Target is not null)
        .Select(measurement => measurement.Target!.Text)
        .Distinct());
}
