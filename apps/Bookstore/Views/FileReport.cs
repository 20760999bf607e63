using System.Globalization;
using Bookstore.Feeds;

namespace Bookstore.Views;

/// <summary>
/// Says what was read from a file: each row that was left out with its line and reason, and the totals.
/// </summary>
public static class FileReport
{
    public static void Write(string path, CatalogFile catalog, TextWriter output)
    {
        WriteRefused(path, catalog.Refused, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {catalog.Articles.Count:N0} articles ({catalog.WithoutIsbn:N0} without ISBN), "
            + $"{catalog.Refused.Count:N0} rows left out"));
    }

    public static void Write(string path, RetailFeed feed, TextWriter output)
    {
        WriteRefused(path, feed.Refused, output);
        Reconciliation totals = feed.Totals;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {totals.Orders:N0} orders of {totals.UnitsOrdered:N0} units, "
            + $"{totals.Returns:N0} returns, {feed.Refused.Count:N0} rows left out"));
        output.WriteLine(
            $"{path}: {totals.Ordered} ordered - {totals.Returned} returned + {totals.LeftOut} left out = "
            + $"{totals.Ordered - totals.Returned + totals.LeftOut}; the file's rows sum up to {totals.FileTotal}: "
            + (totals.IsBalanced ? "reconciled" : "NOT RECONCILED"));
    }

    private static void WriteRefused(string path, IReadOnlyList<RefusedRow> refused, TextWriter output)
    {
        foreach (RefusedRow row in refused)
            output.WriteLine($"{path}:{row.Line}: left out: {row.Reason}");
    }
}
