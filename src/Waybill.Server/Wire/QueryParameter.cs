namespace Waybill.Server.Wire;

/// <summary>A parameter that an endpoint takes in its query. Declared once: read by it, and described by it.</summary>
/// <param name="Name">Camel case.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Says">What it says, in a sentence.</param>
internal sealed record QueryParameter(string Name, QueryKind Kind, string Says)
{
    /// <summary>What it can be, where it is one of a few words.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The least that a number may be.</summary>
    public long Min { get; init; }

    /// <summary>The most that a number may be; null for no bound.</summary>
    public long? Max { get; init; }

    /// <summary>How long a text may be, in characters.</summary>
    public int LengthMax { get; init; } = 400;

    /// <summary>The parameters of every listing in pages.</summary>
    public static IReadOnlyList<QueryParameter> Page { get; } =
    [
        new("size", QueryKind.Number, "How many items at the most: 1 to 1,000; default 100.") { Min = 1, Max = 1000 },
        new("after", QueryKind.Number, "The `next` of the page before."),
    ];

    /// <summary>One of the names of an enumeration, in camel case.</summary>
    /// <param name="name">Camel case.</param>
    /// <param name="says">What it says.</param>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static QueryParameter Of<T>(string name, string says)
        where T : struct, Enum =>
        new(name, QueryKind.Word, says) { Words = [.. Enum.GetNames<T>().Select(EndpointWords.CamelCase)] };
}

/// <summary>How a query parameter is written.</summary>
internal enum QueryKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number, not negative.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Truth,

    /// <summary>An instant, ISO 8601 with an offset or Z.</summary>
    Instant,

    /// <summary>A UUID.</summary>
    Id,

    /// <summary>Text that may be given several times.</summary>
    Texts,

    /// <summary>One of a few words.</summary>
    Word,
}

/// <summary>Which query parameters an endpoint takes; one without takes none.</summary>
/// <param name="Parameters">Those that it takes.</param>
internal sealed record QueryMetadata(IReadOnlyList<QueryParameter> Parameters);
