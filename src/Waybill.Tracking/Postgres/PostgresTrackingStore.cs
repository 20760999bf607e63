using System.Data;
using Npgsql;
using Waybill.Stores;
using Waybill.Tracking.Folding;
using Waybill.Tracking.Reading;

namespace Waybill.Tracking.Postgres;

/// <summary>
/// Tracking in a schema of a PostgreSQL database, and a warehouse of one partition a month in a second schema. Any
/// number of processes may follow journals into it and read it.
/// </summary>
public sealed class PostgresTrackingStore : TrackingStore
{
    // Statements join a few thousand rows to large tables by their keys; before statistics exist, the planner would
    // read the tables whole.
    private const string PlannerSettings =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    // Changing a large table takes as long as it takes: cut short, it would be begun again and again.
    private const string StructureSettings = "-c statement_timeout=0 -c lock_timeout=0";

    private readonly Schemas schemas;
    private readonly NpgsqlDataSource writing;
    private readonly NpgsqlDataSource reading;
    private readonly NpgsqlDataSource structure;
    private readonly PostgresNodes nodes = new();
    private readonly string host;

    /// <summary>Names the database; connects on first use.</summary>
    /// <param name="connectionString">
    /// How Npgsql reaches it. Its time limits do not hold for migrations, nor for rewriting what was erased.
    /// </param>
    /// <param name="schema">
    /// 1 to 40 of the characters a-z, 0-9 and '_'; the warehouse's schema has <c>_warehouse</c> behind it.
    /// </param>
    public PostgresTrackingStore(string connectionString, string schema = "tracking")
    {
        ArgumentNullException.ThrowIfNull(schema);
        bool fits = schema.Length is >= 1 and <= 40
            && schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        if (!fits)
            throw new ArgumentException($"A schema has 1 to 40 of a-z, 0-9 and '_', not \"{schema}\".", nameof(schema));
        schemas = new Schemas(schema);
        NpgsqlConnectionStringBuilder settings = new(connectionString) { Enlist = false, MaxAutoPrepare = 50 };
        host = $"{settings.Host}:{settings.Port}/{settings.Database}";
        reading = NpgsqlDataSource.Create(settings);
        structure = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            CommandTimeout = 0,
            Pooling = false,
            Options = $"{settings.Options} {StructureSettings}",
        });
        settings.Options = $"{settings.Options} {PlannerSettings}";
        writing = NpgsqlDataSource.Create(settings);
    }

    /// <inheritdoc/>
    public override string Description => $"PostgreSQL {host}, schema {schemas.Name}";

    /// <summary>The limit of the program itself on a statement that changes tables; 0 for none.</summary>
    internal int StructureTimeout => new NpgsqlConnectionStringBuilder(structure.ConnectionString).CommandTimeout;

    /// <inheritdoc/>
    public override Task OpenAsync(CancellationToken cancel) =>
        WriteAsync(structure, session => PostgresSchema.MigrateAsync(session, schemas), cancel);

    /// <inheritdoc/>
    public override Task<JournalPosition> PositionAsync(string site, CancellationToken cancel) =>
        WriteAsync(async session => (await PostgresSites.LockAsync(session, site)).Position, cancel);

    /// <inheritdoc/>
    public override async Task DeclareAsync(
        string site, IReadOnlyList<NodeCapacity> nodes, int processes, CancellationToken cancel)
    {
        IReadOnlyDictionary<NodeAddress, int> numbers =
            await WriteAsync(session => this.nodes.LearnAsync(session, nodes.Select(node => node.Node)), cancel);
        await WriteAsync(
            async session =>
            {
                int number = (await PostgresSites.LockAsync(session, site)).Number;
                await session.RunAsync("update waybill.site set processes = $2 where id = $1", number, processes);
                return await session.RunAsync(
                    "insert into waybill.capacity (site, node, runs) select $1, * from unnest($2, $3) "
                    + "on conflict (site, node) do update set runs = excluded.runs",
                    number, nodes.Select(node => numbers[node.Node]).ToArray(),
                    nodes.Select(node => node.RunsAtOnce).ToArray());
            },
            cancel);
    }

    /// <inheritdoc/>
    public override async Task<int> MoveAsync(int familiesMax, CancellationToken cancel)
    {
        int moved = await new PostgresMover(work => WriteAsync(work, cancel), step => Passing?.Invoke(step))
            .MoveAsync(familiesMax);
        if (moved > 0)
            Passing?.Invoke(TrackingStep.MoveCommitted);
        return moved;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The table of keys is rewritten, so that the key leaves its file at once. It stays in the server's log and in
    /// backups for as long as those are kept.
    /// </remarks>
    public override async Task<bool> EraseAsync(string subject, CancellationToken cancel)
    {
        int found = await WriteAsync(
            session => session.RunAsync("delete from waybill.subject where name = $1", subject), cancel);
        await RewriteAsync("waybill.subject", cancel);
        return found > 0;
    }

    /// <inheritdoc/>
    /// <remarks>As with a key, the table is rewritten when there was something to forget.</remarks>
    public override async Task<int> ForgetAsideAsync(DateTimeOffset before, CancellationToken cancel)
    {
        int forgotten = await WriteAsync(session => PostgresAside.ForgetAsync(session, before), cancel);
        if (forgotten > 0)
            await RewriteAsync("waybill.aside", cancel);
        return forgotten;
    }

    /// <inheritdoc/>
    public override Task<int> DropMonthsBeforeAsync(DateOnly month, CancellationToken cancel) =>
        WriteAsync(session => PostgresSchema.DropMonthsBeforeAsync(session, schemas, month), cancel);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await structure.DisposeAsync();
        await writing.DisposeAsync();
        await reading.DisposeAsync();
    }

    internal override async Task<T> ReadAsync<T>(Func<Shelves, Task<T>> read, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await reading.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction snapshot =
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        return await read(new Shelves(
            new Shelf(connection, schemas.Tracking, isArchive: false),
            [new Shelf(connection, schemas.Warehouse, isArchive: true)]));
    }

    private protected override async Task<bool> ApplyAsync(
        TrackingPass pass, PassContent content, CancellationToken cancel)
    {
        // Numbers of nodes are good for all, whatever becomes of the pass.
        await WriteAsync(session => nodes.LearnAsync(session, content.Nodes), cancel);
        return await WriteAsync(session => ApplyAsync(session, pass, content), cancel);
    }

    internal override async Task<int> DismissAsync(
        IReadOnlyList<long> ids, AsideTrace trace, CancellationToken cancel)
    {
        int dismissed = await WriteAsync(session => PostgresAside.DismissAsync(session, ids, trace), cancel);
        if (dismissed > 0)
            await RewriteAsync("waybill.aside", cancel);
        return dismissed;
    }

    private protected override async Task<int> RetakeAsync(
        string site, PassContent content, AsideTrace? trace, CancellationToken cancel)
    {
        await WriteAsync(session => nodes.LearnAsync(session, content.Nodes), cancel);
        return await WriteAsync(session => RetakeAsync(session, site, content, trace), cancel);
    }

    private async Task<bool> ApplyAsync(PostgresSession session, TrackingPass pass, PassContent content)
    {
        (int site, JournalPosition position) = await PostgresSites.LockAsync(session, pass.Site);
        if (position != pass.From)
            return false;
        await FoldAsync(session, site, content);
        await session.RunAsync(
            "update waybill.site set tx = $2, number = $3 where id = $1", site, pass.To.Transaction, pass.To.Number);
        Passing?.Invoke(TrackingStep.PassWritten);
        return true;
    }

    private async Task<int> RetakeAsync(
        PostgresSession session, string name, PassContent content, AsideTrace? trace)
    {
        int site = (await PostgresSites.LockAsync(session, name)).Number;
        int removed = await PostgresAside.RemoveAsync(session, site, content.Items, trace);
        if (removed != content.Items.Count)
            throw new StoreUnavailableException($"Rows of {name} were taken in twice at once. Try again.");
        await FoldAsync(session, site, content);
        return removed;
    }

    private async Task FoldAsync(PostgresSession session, int site, PassContent content)
    {
        PostgresScope scope = await PostgresScope.LoadAsync(session, site, nodes.Known, content);
        Fold fold = new(scope);
        fold.AddAll(content.Items);
        await new PassWriter(session, site).WriteAsync(scope, fold.Tallies);
        await PostgresAside.KeepAsync(session, site, content.Aside, scope);
    }

    // Has what was removed from a table leave its file at once.
    private async Task RewriteAsync(string table, CancellationToken cancel)
    {
        await using NpgsqlCommand rewrite = structure.CreateCommand(schemas.Place($"vacuum full {table}"));
        await rewrite.ExecuteNonQueryAsync(cancel);
    }

    private Task<T> WriteAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancel) =>
        WriteAsync(writing, work, cancel);

    private async Task<T> WriteAsync<T>(
        NpgsqlDataSource source, Func<PostgresSession, Task<T>> work, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        T result = await work(new PostgresSession(connection, transaction, schemas));
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }
}
