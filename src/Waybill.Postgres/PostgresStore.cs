using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Postgres.Hops;
using Waybill.Postgres.Ledger;
using Waybill.Postgres.Migrations;
using Waybill.Postgres.Waking;
using Waybill.Stores;

namespace Waybill.Postgres;

/// <summary>
/// A site's store in a PostgreSQL database (version 13 or later), which any number of processes on any number of
/// machines share. Instants are kept with a precision of microseconds, by the database's clock.
/// </summary>
/// <remarks>
/// Each instance keeps up to seven connections: five for its own statements and two for notifications; listings take
/// more from a pool. The user of the connection owns the schema, or may create it.
/// </remarks>
public sealed class PostgresStore : ISiteStore
{
    private readonly PostgresStoreOptions options;
    private readonly Listings listings;
    private readonly DataSources sources;
    private readonly SiteSchema schema;
    private readonly NodeNumbers nodes;
    private readonly HeldTables held;
    private readonly Lanes lanes;
    private readonly Arrivals arrivals;
    private readonly ArrivalNotifier notifier;
    private readonly ArrivalListener listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim opening = new(1, 1);
    private Task waking = Task.CompletedTask;
    private bool isOpen;
    private bool isDisposed;

    /// <summary>Makes a store that has yet to be opened.</summary>
    /// <param name="connectionString">
    /// As Npgsql takes it. Planner settings, timeouts and keep-alive are the store's own.
    /// </param>
    /// <param name="options">How the database is used; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options or the connection string are faulty.</exception>
    public PostgresStore(string connectionString, PostgresStoreOptions? options = null)
    {
        this.options = PostgresStoreOptions.Checked(options ?? new PostgresStoreOptions());
        TimeProvider time = this.options.Time;
        schema = new SiteSchema(this.options.Schema);
        sources = new DataSources(connectionString, this.options);
        listings = new Listings(sources.Listings, schema);
        Listings lookups = new(sources.Lookups, schema);
        nodes = new NodeNumbers(listings);
        lanes = new Lanes(sources.Lanes, time);
        notifier = new ArrivalNotifier(sources.Lanes, schema, time);
        arrivals = new Arrivals(nodes, notifier);
        listener = new ArrivalListener(sources.Lanes, schema, notifier, arrivals.NoteFromOutside, time);
        Description = $"PostgreSQL at {sources.Host}, schema {schema.Name}";
        held = new HeldTables(schema);
        PostgresElementStore elements = new(schema, nodes, held, lanes, arrivals);
        Elements = elements;
        Directory = new PostgresElementDirectory(listings, lookups);
        Tickets = new PostgresTicketStore(listings, lookups);
        Sidelined = new PostgresSidelinedStore(listings, elements);
        Held = new PostgresHeldStore(
            held, new HeldDeclaration(sources.Structure, schema, nodes, held), new HeldListings(listings),
            new HeldReleases(schema, nodes, held, lanes, arrivals),
            new HeldAmendments(schema, nodes, held, lanes, arrivals), elements);
        Changes = new PostgresChangeStore(listings, new ChangeRequests(schema, nodes, held, lanes, arrivals));
        Workers = new PostgresWorkerStore(schema, lanes, listings, arrivals);
        Journal = new PostgresJournalStore(listings);
        Records = new PostgresRecordStore(listings);
    }

    /// <inheritdoc/>
    public event Action<NodeAddress>? Arrived
    {
        add => arrivals.Arrived += value;
        remove => arrivals.Arrived -= value;
    }

    /// <inheritdoc/>
    public string Description { get; private set; }

    /// <inheritdoc/>
    public IElementStore Elements { get; }

    /// <inheritdoc/>
    public IElementDirectory Directory { get; }

    /// <inheritdoc/>
    public ITicketStore Tickets { get; }

    /// <inheritdoc/>
    public ISidelinedStore Sidelined { get; }

    /// <inheritdoc/>
    public IHeldStore Held { get; }

    /// <inheritdoc/>
    public IChangeStore Changes { get; }

    /// <inheritdoc/>
    public IWorkerStore Workers { get; }

    /// <inheritdoc/>
    public IJournalStore Journal { get; }

    /// <inheritdoc/>
    public IRecordStore Records { get; }

    /// <summary>Completes when this process hears what others notify, for those who await that.</summary>
    internal Task Listening => listener.Listening;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The server is too old, or acknowledges what its disk does not have.
    /// </exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        await opening.WaitAsync(cancel);
        try
        {
            if (isOpen)
                return;
            string version = await ServerCheck.RunAsync(sources.Listings, options.AllowsLossOnCrash, cancel);
            await new Migrator(sources.Structure, schema).MigrateAsync(cancel);
            Description = $"PostgreSQL {version} at {sources.Host}, schema {schema.Name}";
            if (options.Notifies)
                waking = Task.WhenAll(notifier.RunAsync(stopping.Token), listener.RunAsync(stopping.Token));
            isOpen = true;
        }
        catch (Exception error)
        {
            if (Faults.Translate(error, mayHaveCommitted: false) is { } translated)
                throw translated;
            throw;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancel) => (await listings.ReadAsync(
        new Query("select clock_timestamp()"), row => row.GetFieldValue<DateTimeOffset>(0), cancel))[0];

    /// <summary>
    /// Runs the application's own statements in one transaction: its tables, its first rows. All of them or none;
    /// durable when the task completes. What belongs to a hop is attached to its route instead.
    /// </summary>
    /// <param name="writes">Statements, in their order. Each may be one that creates a table.</param>
    /// <param name="cancel">Stops waiting, as long as they have not begun.</param>
    /// <exception cref="WriteRefusedException">One touched another number of rows than it expected.</exception>
    /// <exception cref="PostgresException">One failed.</exception>
    public Task ExecuteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(writes);
        HopCommitter committer = new(schema, nodes, held);
        return lanes.Requests.RunAsync(session => committer.ExecuteAsync(session, writes), cancel);
    }

    /// <summary>Stops listening and closes all connections, after calls that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await stopping.CancelAsync();
        await waking;
        notifier.Dispose();
        await lanes.DisposeAsync();
        await sources.DisposeAsync();
        stopping.Dispose();
        opening.Dispose();
    }
}
