using System.Globalization;
using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Writing;

/// <summary>Runs the application's own statements inside the running transaction.</summary>
internal sealed class AttachedWrites(Database database)
{
    // Applications have a few dozen; one that builds its texts anew each time must not fill the memory.
    private const int StatementsMax = 500;

    private readonly Statement savepoint = database.Keep("SAVEPOINT attached");
    private readonly Statement undo = database.Keep("ROLLBACK TO attached");
    private readonly Statement release = database.Keep("RELEASE attached");
    private readonly Dictionary<string, AttachedStatement> statements = [];

    /// <summary>Applies the writes of one hop in their order, or, when one of them fails, none.</summary>
    /// <returns>Why they were not applied; null when they were.</returns>
    public Exception? Apply(IReadOnlyList<SiteWrite> writes)
    {
        savepoint.Run();
        try
        {
            foreach (SiteWrite write in writes)
                Apply(write);
            release.Run();
            return null;
        }
        catch (Exception error) when (error is not SqliteFault { IsOfStatement: false } && database.IsInTransaction)
        {
            undo.Run();
            release.Run();
            return error is SqliteFault fault ? fault.InWordsOfContract("the database") : error;
        }
    }

    /// <summary>Lets go of the application's statements.</summary>
    public void Forget()
    {
        foreach (AttachedStatement statement in statements.Values)
            statement.Dispose();
        statements.Clear();
    }

    private void Apply(SiteWrite write)
    {
        SqlWrite sql = write as SqlWrite ?? throw new NotSupportedException(
            $"The SQLite store cannot write a {write.GetType().Name}. Attach a {nameof(SqlWrite)} instead.");
        int touched = Statement(sql.Sql).Run(sql.Parameters);
        if (sql.ExpectRows is { } expected && touched != expected)
            throw new WriteRefusedException(sql.Sql, expected, touched);
    }

    private AttachedStatement Statement(string sql)
    {
        if (statements.TryGetValue(sql, out AttachedStatement? statement))
            return statement;
        if (statements.Count == StatementsMax)
            Forget();
        statement = new AttachedStatement(database, sql);
        statements.Add(sql, statement);
        return statement;
    }
}

/// <summary>One prepared statement of the application, with its parameters by name.</summary>
internal sealed class AttachedStatement : IDisposable
{
    private readonly Statement statement;
    private readonly string sql;
    private readonly Dictionary<string, int> indexes = [];

    public AttachedStatement(Database database, string sql)
    {
        this.sql = sql;
        statement = database.Prepare(sql);
        // SQLite counts BEGIN, COMMIT and the like among the statements that change nothing, and also those that create
        // what is there already.
        if ((statement.IsReadOnly && !Creates(sql)) || !string.IsNullOrWhiteSpace(statement.Tail?.Trim(';', '\0')))
        {
            statement.Dispose();
            throw new ArgumentException(
                $"An attached write is one statement that writes. This is not: {sql}", nameof(sql));
        }

        foreach ((int index, string name) in statement.Parameters())
            indexes.Add(name.TrimStart('@'), index);
    }

    /// <returns>How many rows it touched.</returns>
    public int Run((string Name, object? Value)[] parameters)
    {
        if (parameters.Length != indexes.Count)
        {
            throw new ArgumentException(
                $"The attached write has {indexes.Count} parameter(s) and got {parameters.Length} value(s): {sql}",
                nameof(parameters));
        }

        foreach ((string name, object? value) in parameters)
        {
            if (!indexes.TryGetValue(name, out int index))
                throw new ArgumentException($"The attached write has no parameter @{name}: {sql}", nameof(parameters));
            Bind(index, name, value);
        }

        return statement.Run();
    }

    public void Dispose() => statement.Dispose();

    private static bool Creates(string sql) =>
        sql.AsSpan().TrimStart().StartsWith("CREATE", StringComparison.OrdinalIgnoreCase);

    private Statement Bind(int index, string name, object? value) => value switch
    {
        null => statement.BindNull(index),
        bool flag => statement.Bind(index, flag ? 1L : 0L),
        int number => statement.Bind(index, (long)number),
        long number => statement.Bind(index, number),
        double number => statement.Bind(index, number),
        decimal number => statement.Bind(index, number.ToString(CultureInfo.InvariantCulture)),
        string text => statement.Bind(index, text),
        Guid id => statement.Bind(index, id.ToString("D")),
        DateTimeOffset instant => statement.Bind(index, instant.ToUnixTimeMilliseconds()),
        byte[] bytes => statement.BindBlob(index, bytes),
        _ => throw new NotSupportedException(
            $"@{name} is a {value.GetType().Name}. An attached write takes null, bool, int, long, double, decimal, "
            + "string, Guid, DateTimeOffset and byte[]."),
    };
}
