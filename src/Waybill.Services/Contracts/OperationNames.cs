using System.Text;
using System.Text.Json;

namespace Waybill.Services.Contracts;

/// <summary>How names of code become names on the wire.</summary>
internal static class OperationNames
{
    private const string Suffix = "Async";

    /// <summary><c>StockOfAsync</c> becomes <c>stock-of</c>.</summary>
    public static string KebabCase(string method)
    {
        string name = method.Length > Suffix.Length && method.EndsWith(Suffix, StringComparison.Ordinal)
            ? method[..^Suffix.Length]
            : method;
        StringBuilder kebab = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool beginsWord = char.IsAsciiLetterUpper(name[i]) && i > 0
                && (!char.IsAsciiLetterUpper(name[i - 1])
                    || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1])));
            if (beginsWord)
                kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }

    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= 100
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
