using Microsoft.Data.Sqlite;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Opening;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

/// <summary>
/// The embedded store: one SQLite file that belongs to one process. Work is accepted and hops are committed with an
/// fsync; calls that come at the same time share one.
/// </summary>
/// <remarks>
/// Beside the file stand <c>-wal</c> and <c>-shm</c>, which belong to it (copy all three, or none while the store is
/// open), and <c>.lock</c>, which keeps other processes from writing. Instants are kept in microseconds.
/// </remarks>
public sealed class SqliteStore : ISiteStore
{
    private readonly string file;
    private readonly TimeProvider time;
    private readonly bool isReadOnly;
    private readonly Writer writer;
    private readonly Readers readers;
    private readonly SemaphoreSlim opening = new(1);
    private ProcessLock? processLock;
    private bool isOpen;

    /// <summary>Prepares a store; <see cref="OpenAsync"/> opens it.</summary>
    /// <param name="file">The database file. It and its folder are created when they do not exist.</param>
    /// <param name="time">The store's clock: instants, leases and due times.</param>
    /// <param name="options">How to use the file; null for the defaults.</param>
    public SqliteStore(string file, TimeProvider time, SqliteStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        Database.LoadLibrary();
        // A link and the file that it leads to are one store, and must have one lock.
        FileSystemInfo? target = File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true) : null;
        this.file = target?.FullName ?? Path.GetFullPath(file);
        this.time = time;
        isReadOnly = options?.ReadOnly ?? false;
        writer = new Writer(this.file) { Arrived = node => Arrived?.Invoke(node) };
        readers = new Readers(this.file);
        Elements = new SqliteElementStore(writer, readers);
        Directory = new SqliteElementDirectory(readers);
        Tickets = new SqliteTicketStore(writer, readers);
        Sidelined = new SqliteSidelinedStore(writer, readers);
        Held = new SqliteHeldStore(writer, readers, isReadOnly);
        Changes = new SqliteChangeStore(writer, readers, time);
        Workers = new SqliteWorkerStore(writer, readers);
        Journal = new SqliteJournalStore(writer, readers);
        Records = new SqliteRecordStore(writer, readers, time);
    }

    /// <inheritdoc/>
    public event Action<NodeAddress>? Arrived;

    /// <inheritdoc/>
    public string Description => $"SQLite {Database.LibraryVersion}, {file}{(isReadOnly ? " (read-only)" : "")}";

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

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">Another process has the file open for writing.</exception>
    /// <exception cref="StoreBrokenException">The file is no database, or damaged.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is another program's, which is left as it is. Tables of one's own, for attached writes, are added to a file
    /// that the store has made.
    /// </exception>
    /// <exception cref="IOException">It cannot be created, read or written there.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await opening.WaitAsync(cancel);
        try
        {
            if (isOpen)
                return;
            if (isReadOnly)
                OpenToRead();
            else
                OpenToWrite();
            readers.Start();
            isOpen = true;
        }
        catch (SqliteFault fault)
        {
            throw fault.AtOpening(file);
        }
        finally
        {
            opening.Release();
        }
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset> NowAsync(CancellationToken cancel) =>
        Task.FromResult(time.GetUtcNow().ToMicroseconds().ToInstant());

    /// <summary>
    /// Runs the application's own statements in one transaction: its tables, its first rows. All of them or none;
    /// durable when the task completes. What belongs to a hop is attached to its route instead.
    /// </summary>
    /// <param name="writes">Statements, in their order. Each may be one that creates a table.</param>
    /// <param name="cancel">Stops waiting, as long as they have not begun.</param>
    /// <exception cref="WriteRefusedException">One touched another number of rows than it expected.</exception>
    /// <exception cref="SqliteException">One failed.</exception>
    public Task ExecuteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(writes);
        return writer.RunAsync(
            session => session.Attached.Apply(writes) is { } error ? throw error : writes.Count, cancel,
            weight: writes.Count);
    }

    /// <summary>
    /// Opens a read-only connection for the application's own queries. It sees all that was committed before each
    /// query or transaction. The caller disposes of it, soon: while a transaction reads, the log cannot be moved into
    /// the file.
    /// </summary>
    public SqliteConnection OpenReader()
    {
        SqliteConnection connection = new(ReaderText);
        connection.Open();
        return connection;
    }

    /// <summary>
    /// Finishes the writes that were begun, moves the log into the file and closes it. Workers should have left before.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await writer.StopAsync();
        readers.Dispose();
        using (SqliteConnection pooled = new(ReaderText))
            SqliteConnection.ClearPool(pooled);
        processLock?.Dispose();
        opening.Dispose();
    }

    private string ReaderText => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadOnly,
        Cache = SqliteCacheMode.Private,
    }.ToString();

    private void OpenToRead()
    {
        FilePlace.RequireNoFolder(file);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                $"There is no {file} to read: open it for writing once, which creates it.", file);
        }

        using Database database = Database.OpenToRead(file);
        Schema.RequireOwn(database, file);
        Schema.RequireKnown(database, file);
        writer.Refuse(() => new InvalidOperationException(
            $"{file} was opened read-only. Open it without {nameof(SqliteStoreOptions.ReadOnly)} to write."));
    }

    private void OpenToWrite()
    {
        string folder = FilePlace.Prepare(file);
        if (new DriveInfo(folder).DriveType == DriveType.Network)
        {
            throw new InvalidOperationException(
                $"{file} lies on a network drive, whose locks and shared memory SQLite cannot rely on. Choose a local "
                + "disk, or the PostgreSQL store.");
        }

        processLock = ProcessLock.Take(file);
        try
        {
            writer.Start(Connecting.Open(file, time));
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    }
}
