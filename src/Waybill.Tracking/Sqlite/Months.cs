using System.Globalization;
using Waybill.Sqlite.Native;

namespace Waybill.Tracking.Sqlite;

/// <summary>The files of the warehouse: one for each month in which families finished.</summary>
internal static class Months
{
    private const string Extension = ".db";

    public static string FolderOf(string file) => $"{file}.warehouse";

    /// <summary>The file of a month, which need not exist.</summary>
    public static string FileOf(string file, string month) => Path.Combine(FolderOf(file), month + Extension);

    /// <summary>The months that there are, newest first, as <c>2026-11</c>.</summary>
    public static IReadOnlyList<string> All(string file) => Directory.Exists(FolderOf(file))
        ? [.. Directory.EnumerateFiles(FolderOf(file), $"*{Extension}")
            .Select(path => Path.GetFileNameWithoutExtension(path)).OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <summary>The month of an instant.</summary>
    public static string Of(long micros) => micros.ToTime().ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The first instant behind a month.</summary>
    public static DateTimeOffset EndOf(string month) =>
        DateTimeOffset.ParseExact(
            month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddMonths(1);

    /// <summary>Removes what moves that were cut short have left: rows of moves that do not count.</summary>
    public static void UndoAfter(Database tracking, string file)
    {
        long move = tracking.ReadNumber("SELECT move FROM warehouse");
        foreach (string month in All(file))
        {
            using Database database = SqliteFiles.OpenToWrite(FileOf(file, month), "month");
            string later = FormattableString.Invariant($"(SELECT key FROM element WHERE move > {move})");
            if (database.ReadNumber($"SELECT EXISTS {later}") == 0)
                continue;
            database.Execute(
                $"BEGIN IMMEDIATE; DELETE FROM history WHERE element IN {later}; "
                + $"DELETE FROM element WHERE key IN {later}; COMMIT");
        }
    }

    public static int DropBefore(string file, DateOnly month)
    {
        string first = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string[] old = [.. All(file).Where(name => string.CompareOrdinal(name, first) < 0)];
        foreach (string name in old)
        {
            string path = FileOf(file, name);
            File.Delete(path);
            File.Delete($"{path}-wal");
            File.Delete($"{path}-shm");
        }

        return old.Length;
    }
}
