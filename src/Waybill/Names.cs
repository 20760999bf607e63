namespace Waybill;

/// <summary>The rule for names that become part of addresses, logs and file names.</summary>
internal static class Names
{
    private const int LengthMax = 100;
    private const int ColumnLengthMax = 40;
    private const int BusinessKeyLengthMax = 200;

    public static string Checked(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool fits = name.Length is >= 1 and <= LengthMax
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
        return fits
            ? name
            : throw new ArgumentException(
                $"\"{name}\" cannot be the name of a {what}: "
                + $"use 1 to {LengthMax} of the characters a-z, 0-9, '-' and '.'.",
                nameof(name));
    }

    /// <summary>The business key of a called element whose caller gave none.</summary>
    public static string CalledKey(string callersKey, int call)
    {
        string suffix = $"/{call}";
        return callersKey.Length + suffix.Length <= BusinessKeyLengthMax
            ? callersKey + suffix
            : callersKey[..(BusinessKeyLengthMax - suffix.Length)] + suffix;
    }

    /// <summary>The business key of a batch element: the group and the instant of the release.</summary>
    public static string BatchKey(string group, string when)
    {
        string printable = string.Concat(group.Where(c => !char.IsControl(c))).TrimStart();
        int lengthMax = BusinessKeyLengthMax - when.Length - 1;
        return $"{(printable.Length > lengthMax ? printable[..lengthMax] : printable)} {when}".TrimStart();
    }

    public static string CheckedColumn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool fits = name.Length is >= 1 and <= ColumnLengthMax
            && char.IsAsciiLetter(name[0])
            && name.All(char.IsAsciiLetterOrDigit);
        return fits
            ? name
            : throw new ArgumentException(
                $"\"{name}\" cannot be the name of an attribute: use a letter, then letters and digits, at most "
                + $"{ColumnLengthMax}.",
                nameof(name));
    }

    public static string CheckedBusinessKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        // PostgreSQL cannot keep U+0000 in a text, and a key must mean the same on every store.
        bool fits = key.Length is >= 1 and <= BusinessKeyLengthMax
            && !key.Any(char.IsControl)
            && key.Trim().Length == key.Length;
        return fits
            ? key
            : throw new ArgumentException(
                $"\"{key}\" cannot be a business key: use 1 to {BusinessKeyLengthMax} characters, "
                + "no control characters, no white space at either end.",
                nameof(key));
    }
}
