using Npgsql;

namespace Waybill.Postgres.Connections;

/// <summary>Checks that the server can keep what the store promises.</summary>
internal static class ServerCheck
{
    private const int VersionMin = 13;

    /// <returns>The server's version, for people.</returns>
    /// <exception cref="InvalidOperationException">
    /// The server is too old, or acknowledges what its disk does not have.
    /// </exception>
    public static async Task<string> RunAsync(NpgsqlDataSource source, bool allowsLossOnCrash, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
        if (connection.PostgreSqlVersion.Major < VersionMin)
        {
            throw new InvalidOperationException(
                $"The PostgreSQL server has version {connection.ServerVersion}; the store needs {VersionMin} or later, "
                + "which number transactions in 64 bits.");
        }

        if (!allowsLossOnCrash)
        {
            await RequireOnAsync(connection, "fsync", cancel);
            await RequireOnAsync(connection, "synchronous_commit", cancel);
        }

        return connection.ServerVersion;
    }

    private static async Task RequireOnAsync(NpgsqlConnection connection, string setting, CancellationToken cancel)
    {
        await using NpgsqlCommand show = new($"show {setting}", connection);
        if (await show.ExecuteScalarAsync(cancel) is "off")
        {
            throw new InvalidOperationException(
                $"The PostgreSQL server has {setting} = off: it acknowledges commits that its disk does not have, and "
                + "accepted elements could get lost in a crash. Switch it on; or, where the data can be thrown away, "
                + $"set {nameof(PostgresStoreOptions)}.{nameof(PostgresStoreOptions.AllowsLossOnCrash)}.");
        }
    }
}
