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

    /// <summary>
    /// Sees to it that the months belong to the tracking file, before anything of theirs is undone: only the next move
    /// can have been cut short, so rows of later ones were moved out of another file, or out of a later state of this.
    /// </summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void RequireOwn(Database tracking, string file)
    {
        long next = tracking.ReadNumber("SELECT move FROM warehouse") + 1;
        bool isNew = tracking.ReadNumber("SELECT EXISTS (SELECT 1 FROM site)") == 0;
        foreach (string month in All(file))
        {
            using Database database = SqliteFiles.OpenToWrite(FileOf(file, month), "month");
            string foreign = FormattableString.Invariant(
                $"SELECT EXISTS (SELECT 1 FROM element WHERE move > {(isNew ? 0 : next)})");
            if (database.ReadNumber(foreign) == 0)
                continue;
            throw new InvalidOperationException(
                $"{FileOf(file, month)} belongs to another {file} than this one, or to a later state of it: was it "
                + "deleted, or restored from a backup without its warehouse? Nothing was changed. Restore both from "
                + $"one backup; or move {file} and {FolderOf(file)} aside, to begin anew with what the journals "
                + "still hold.");
        }
    }

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
