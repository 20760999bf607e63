using Npgsql;

namespace Waybill.Postgres;

/// <summary>How a <see cref="PostgresStore"/> uses its database. Checked when the store is made.</summary>
public sealed class PostgresStoreOptions
{
    /// <summary>
    /// The schema that holds the site; two sites may share a database in two schemas. Default: <c>waybill</c>.
    /// </summary>
    public string Schema { get; set; } = "waybill";

    /// <summary>
    /// Changes every connection's settings before first use, for example to give a password provider or certificates.
    /// Called once for each of the store's data sources.
    /// </summary>
    public Action<NpgsqlDataSourceBuilder>? Configure { get; set; }

    /// <summary>
    /// Whether a server that acknowledges before its disk has the data (fsync or synchronous_commit is off) is
    /// accepted: for tests that throw their data away. Default: false.
    /// </summary>
    public bool AllowsLossOnCrash { get; set; }

    /// <summary>
    /// Whether other processes are told of arrivals, and told by them. They poll otherwise. Default: true.
    /// </summary>
    public bool Notifies { get; set; } = true;

    /// <summary>
    /// How long a statement may take before the server gives it up. Default: 20 seconds. Migrations, and new columns of
    /// an aggregation queue, may take as long as they need.
    /// </summary>
    public TimeSpan StatementTimeMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The clock of pauses between attempts to connect. Leases run by the database's clock. Default: the system's.
    /// </summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <exception cref="ArgumentException">Says all that is wrong.</exception>
    internal static PostgresStoreOptions Checked(PostgresStoreOptions options)
    {
        string[] faults = [.. options.Faults()];
        return faults.Length == 0 ? options : throw new ArgumentException(string.Join(' ', faults), nameof(options));
    }

    private IEnumerable<string> Faults()
    {
        if (Schema.Length is 0 or > 50 || !Schema.All(IsSimple))
            yield return $"{nameof(Schema)} must be 1 to 50 of the characters a-z, 0-9 and '_', it is \"{Schema}\".";
        if (StatementTimeMax < TimeSpan.FromSeconds(1))
            yield return $"{nameof(StatementTimeMax)} must be at least a second, it is {StatementTimeMax}.";
    }

    private static bool IsSimple(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_';
}
