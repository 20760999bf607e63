using System.Globalization;
using System.Security.Cryptography;
using CsvHelper;

namespace Bookstore.Feeds;

/// <summary>A file row that cannot be used as it stands.</summary>
/// <param name="Line">The line in the file, from 1.</param>
/// <param name="Reason">Why not.</param>
public sealed record RefusedRow(int Line, string Reason);

/// <summary>One row of a file with a header.</summary>
public sealed class FileRow(int line, string[] fields, IReadOnlyDictionary<string, int> columns)
{
    public int Line => line;

    public bool HasAllColumns => fields.Length == columns.Count;

    /// <summary>Whether the file has a column.</summary>
    public bool Has(string column) => columns.ContainsKey(column);

    /// <summary>A field without stray characters and blanks around it.</summary>
    public string this[string column] => Cleaned(fields[columns[column]]);

    // Undecodable bytes and control characters say nothing; runs of blanks say as much as one.
    private static string Cleaned(string field) => string.Join(
        ' ',
        new string([.. field.Select(c => char.IsControl(c) || c is '\uFFFD' or '\uFEFF' ? ' ' : c)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>
/// Reads comma- or semicolon-separated files with a header. A line is a row: a stray quote spoils its own row and not
/// all that follow.
/// </summary>
public static class CsvLines
{
    private static readonly CsvReaderOptions Options = new()
    {
        AllowLineBreaksInQuotes = false,
        TrackLineNumbers = true,
    };

    /// <exception cref="InvalidDataException">The header lacks a column.</exception>
    public static IEnumerable<FileRow> Read(TextReader file, params string[] required)
    {
        CsvReader reader = CsvReader.Create(file, Options);
        Dictionary<string, int> columns = reader.Headers
            .Select((name, i) => (Name: name.Trim('\uFEFF', ' '), i))
            .DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(column => column.Name, column => column.i, StringComparer.OrdinalIgnoreCase);
        string[] missing = [.. required.Where(name => !columns.ContainsKey(name))];
        return missing.Length > 0
            ? throw new InvalidDataException(
                $"The header lacks the column(s) {string.Join(", ", missing)}; "
                + $"it has {string.Join(", ", columns.Keys)}.")
            : Rows(reader, columns);
    }

    /// <summary>What a file is known by, whatever its name: the beginning of its contents' SHA-256.</summary>
    public static string Fingerprint(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..16];
    }

    /// <summary>A number with a decimal comma or a decimal point.</summary>
    public static bool TryDecimal(string text, out decimal value) => decimal.TryParse(
        text.Replace(',', '.'),
        NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
        CultureInfo.InvariantCulture,
        out value);

    private static IEnumerable<FileRow> Rows(CsvReader reader, Dictionary<string, int> columns)
    {
        using CsvReader disposed = reader;
        while (reader.Read())
            yield return new FileRow((int)reader.LineNumber, reader.Current.ToArray(), columns);
    }
}
