using System.Net.Sockets;
using Npgsql;
using Waybill.Stores;

namespace Waybill.Postgres.Connections;

/// <summary>Says what an error of the database means for the caller of the store.</summary>
internal static class Faults
{
    /// <summary>Two transactions met; nothing was written and the work can simply be done again.</summary>
    public static bool IsRetryable(Exception error) =>
        error is PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
        };

    /// <summary>
    /// The error as the contract knows it, or null for one that means a fault in the statement or its data.
    /// </summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="mayHaveCommitted">Whether the commit was on its way when it was thrown.</param>
    public static Exception? Translate(Exception error, bool mayHaveCommitted)
    {
        if (!EndsSession(error))
            return error is PostgresException answered ? TranslateAnswer(answered) : null;
        return mayHaveCommitted
            ? new CommitOutcomeUnknownException(
                $"The connection to PostgreSQL was lost during a commit: {error.Message} "
                + "Read where the elements are now.",
                error)
            : new StoreUnavailableException($"{Unreachable(error)} Nothing was written.", error);
    }

    /// <summary>
    /// Whether the connection is gone. Such an error can come after the commit; any other answer of the server means
    /// that the transaction was undone.
    /// </summary>
    public static bool EndsSession(Exception error) => error switch
    {
        PostgresException answered => answered.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether one statement ran into its time limit; an attached write then fails alone.</summary>
    public static bool TookTooLong(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable,
    };

    /// <summary>Whether the server cannot be used now, as opposed to a fault in the statement or its data.</summary>
    public static bool IsOutage(Exception error) =>
        EndsSession(error) || (error is PostgresException answered && TranslateAnswer(answered) is not null);

    private static string Unreachable(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName,
    }
        ? $"PostgreSQL refuses the connection ({error.Message}). Check its user, password and database."
        : $"PostgreSQL cannot be reached ({error.Message}). Check the server and the network.";

    private static StoreUnavailableException? TranslateAnswer(PostgresException error)
    {
        string? advice = error.SqlState switch
        {
            PostgresErrorCodes.DiskFull =>
                "The disk of the PostgreSQL server is full; make room, and the store goes on.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "The PostgreSQL server is read-only; connect to the primary.",
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable =>
                "PostgreSQL gave up a statement that took too long; look for long transactions and for load.",
            PostgresErrorCodes.IoError => "The PostgreSQL server cannot read or write its disk; check the disk.",
            ['5', '3', ..] => "The PostgreSQL server is out of a resource; see its message.",
            ['5', '7', 'P', ..] or ['0', '8', ..] => "The PostgreSQL server ends or does not accept connections.",
            PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure =>
                "Transactions of PostgreSQL kept standing in each other's way.",
            _ => null,
        };
        return advice is null
            ? null
            : new StoreUnavailableException(
                $"{advice} Nothing was written. ({error.SqlState}: {error.MessageText})", error);
    }
}
