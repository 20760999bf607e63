using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Waybill.Services.Http;

namespace Waybill.Server.Wire;

/// <summary>The query of a request, read strictly: an unknown or doubled parameter must not widen a filter.</summary>
internal sealed class Query
{
    private readonly Dictionary<string, string[]> values = new(StringComparer.Ordinal);

    private Query(IQueryCollection given, IReadOnlyList<QueryParameter> taken)
    {
        foreach ((string name, StringValues value) in given)
        {
            QueryParameter? parameter = taken.FirstOrDefault(known => known.Name == name);
            if (parameter is null)
                throw Invalid(taken.Count == 0
                    ? $"This address takes no query, and \"{name}\" was given."
                    : $"There is no parameter \"{name}\" here. Known: {string.Join(", ", taken.Select(p => p.Name))}.");
            bool isOften = parameter.Kind == QueryKind.Texts;
            if ((value.Count != 1 && !isOften) || value.Any(string.IsNullOrEmpty))
                throw Invalid($"Parameter \"{name}\" must be given {(isOften ? "" : "once, ")}with a value.");
            values[name] = [.. value.Select(each => Checked(parameter, each!))];
        }
    }

    public static Query Of(HttpContext context) => new(
        context.Request.Query, context.GetEndpoint()?.Metadata.GetMetadata<QueryMetadata>()?.Parameters ?? []);

    public string? Text(string name) => values.TryGetValue(name, out string[]? given) ? given[0] : null;

    public IReadOnlyList<string> Texts(string name) => values.GetValueOrDefault(name, []);

    public long? Number(string name) =>
        Text(name) is { } text ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    public bool? Truth(string name) => Text(name) is { } text ? text == "true" : null;

    public DateTimeOffset? Instant(string name) => Text(name) is { } text ? ToInstant(text) : null;

    public Guid? Id(string name) => Text(name) is { } text ? Guid.ParseExact(text, "D") : null;

    public T? Word<T>(string name)
        where T : struct, Enum => Text(name) is { } text ? Enum.Parse<T>(text, ignoreCase: true) : null;

    /// <summary>What <see cref="QueryParameter.Page"/> asks for.</summary>
    public PageRequest Page() => new(Size(), Number("after"));

    /// <summary>How many items a page is asked to hold.</summary>
    public int Size()
    {
        long size = Number("size") ?? 100;
        return size is >= 1 and <= 1000
            ? (int)size
            : throw Invalid($"A page holds 1 to 1,000 items; {size} were asked for.");
    }

    public int? Int(string name) => Number(name) switch
    {
        null => null,
        <= int.MaxValue and { } number => (int)number,
        _ => throw Invalid($"Parameter \"{name}\" is too large."),
    };

    private static string Checked(QueryParameter parameter, string value)
    {
        bool fits = parameter.Kind switch
        {
            QueryKind.Number => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            QueryKind.Truth => value is "true" or "false",
            QueryKind.Instant => ToInstant(value) is not null,
            QueryKind.Id => Guid.TryParseExact(value, "D", out _),
            QueryKind.Word => parameter.Words.Contains(value, StringComparer.Ordinal),
            _ => value.Length <= parameter.LengthMax && !value.Any(char.IsControl),
        };
        return fits ? value : throw Invalid($"Parameter \"{parameter.Name}\" must be {RuleOf(parameter)}.");
    }

    private static string RuleOf(QueryParameter parameter) => parameter.Kind switch
    {
        QueryKind.Number => "a whole number, not negative",
        QueryKind.Truth => "true or false",
        QueryKind.Instant => "an instant as 2026-01-31T12:00:00Z",
        QueryKind.Id => "a UUID with hyphens",
        QueryKind.Word => $"one of {string.Join(", ", parameter.Words)}",
        _ => $"text of at most {parameter.LengthMax} characters, none of them control characters",
    };

    public static DateTimeOffset? ToInstant(string text)
    {
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        // A plus sign in a query is a blank, unless it was escaped.
        bool isOffset = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-', ' ']) > "yyyy-MM-dd".Length;
        return isOffset && DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset read)
            ? read.ToUniversalTime()
            : null;
    }

    private static ProblemException Invalid(string detail) => new(ProblemType.InvalidInput, detail);
}
