using Npgsql;

namespace Bookstore;

/// <summary>Where the site is kept: <c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>.</summary>
public sealed record StoreAddress(StoreKind Kind, string Place)
{
    public static StoreAddress Default { get; } = new(StoreKind.Sqlite, "bookstore.db");

    private const string Example = "Write \"postgres:Host=localhost;Username=shop;Password=...;Database=shop\".";

    /// <exception cref="FormatException">Neither of the two. The message tells no password.</exception>
    public static StoreAddress Parse(string text) => text.Split(':', 2) switch
    {
        ["sqlite", { Length: > 0 } file] => new StoreAddress(StoreKind.Sqlite, file),
        ["postgres" or "postgresql", ['/', '/', ..]] => throw new FormatException(
            $"An address of PostgreSQL is not written as a URL here. {Example}"),
        ["postgres", { Length: > 0 } connection] => new StoreAddress(StoreKind.Postgres, Understood(connection)),
        [var word, ..] => throw new FormatException(
            $"\"{word}\" is no kind of store. Write sqlite:FILE or postgres:CONNECTION."),
        _ => throw new FormatException("Write sqlite:FILE or postgres:CONNECTION."),
    };

    private static string Understood(string connection)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"It is not a connection to PostgreSQL: {wrong.Message}. {Example}", wrong);
        }

        if (string.IsNullOrWhiteSpace(settings.Host))
            throw new FormatException($"The connection to PostgreSQL names no Host. {Example}");
        if (settings.Port is < 1 or > ushort.MaxValue)
            throw new FormatException($"PostgreSQL has no Port {settings.Port}: it is from 1 to 65535. {Example}");
        return connection;
    }

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Place}";
}

/// <summary>The stores that a site can be kept in.</summary>
public enum StoreKind
{
    /// <summary>A file of this machine, used by one process.</summary>
    Sqlite = 0,

    /// <summary>A PostgreSQL database, used by any number of processes.</summary>
    Postgres = 1,
}
