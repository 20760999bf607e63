using Npgsql;

namespace Bookstore;

/// <summary>Where the site is kept: <c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>.</summary>
public sealed record StoreAddress(StoreKind Kind, string Place)
{
    public static StoreAddress Default { get; } = new(StoreKind.Sqlite, "bookstore.db");

    /// <exception cref="FormatException">Neither of the two.</exception>
    public static StoreAddress Parse(string text) => text.Split(':', 2) switch
    {
        ["sqlite", { Length: > 0 } file] => new StoreAddress(StoreKind.Sqlite, file),
        ["postgres", { Length: > 0 } connection] => new StoreAddress(StoreKind.Postgres, Understood(connection)),
        _ => throw new FormatException($"\"{text}\" is not a store. Write sqlite:FILE or postgres:CONNECTION."),
    };

    private static string Understood(string connection)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connection);
            return connection;
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException(
                $"\"{connection}\" is not a connection: {wrong.Message} Write, for example, "
                + "postgres:Host=localhost;Username=shop;Database=shop.",
                wrong);
        }
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
