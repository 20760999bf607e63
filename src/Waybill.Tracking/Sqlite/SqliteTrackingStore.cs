using Waybill.Sqlite.Native;
using Waybill.Stores;
using Waybill.Tracking.Folding;
using Waybill.Tracking.Reading;

namespace Waybill.Tracking.Sqlite;

/// <summary>
/// Tracking in a SQLite file, and a warehouse of one file a month in a folder beside it. One process writes; others may
/// read at the same time (<paramref name="isReadOnly"/>).
/// </summary>
/// <param name="file">The file; the warehouse's folder has the same name with <c>.warehouse</c> behind it.</param>
/// <param name="isReadOnly">Opens it only to read; then it must exist.</param>
public sealed class SqliteTrackingStore(string file, bool isReadOnly = false) : TrackingStore
{
    private readonly string file = Path.GetFullPath(file);
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly SqliteReaders readers = new(Path.GetFullPath(file));
    private SqliteSession? session;
    private FileStream? held;
    private bool isDisposed;

    /// <inheritdoc/>
    public override string Description => $"SQLite {Database.LibraryVersion}, {file}";

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">Another process has it open for writing.</exception>
    /// <exception cref="StoreVersionException">It was written by a newer version.</exception>
    /// <exception cref="InvalidOperationException">The warehouse beside it belongs to another file.</exception>
    public override async Task OpenAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            Database.LoadLibrary();
            if (isReadOnly)
            {
                SqliteFiles.RequireKnown(file);
            }
            else if (session is null)
            {
                held = SqliteFiles.Lock(file);
                session = new SqliteSession(SqliteFiles.OpenToWrite(file, "sqlite"));
                Months.RequireOwn(session.Database, file);
                Months.UndoAfter(session.Database, file);
            }
        }
        catch (SqliteFault fault)
        {
            Close();
            throw fault.InWordsOfContract(file);
        }
        catch
        {
            Close();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public override Task<JournalPosition> PositionAsync(string site, CancellationToken cancel) =>
        WriteAsync(open => open.InTransaction(() => open.Numbers.OfSite(site).Position), cancel);

    /// <inheritdoc/>
    public override Task DeclareAsync(
        string site, IReadOnlyList<NodeCapacity> nodes, int processes, CancellationToken cancel) =>
        WriteAsync(
            open => open.InTransaction(() =>
            {
                int number = open.Numbers.OfSite(site).Number;
                using Statement count = open.Database.Prepare("UPDATE site SET processes = ?2 WHERE id = ?1");
                count.Bind(1, number).Bind(2, processes).Run();
                using Statement declare = open.Database.Prepare(
                    "INSERT OR REPLACE INTO capacity (site, node, runs) VALUES (?1, ?2, ?3)");
                foreach (NodeCapacity node in nodes)
                    declare.Bind(1, number).Bind(2, open.Numbers.OfNode(node.Node)).Bind(3, node.RunsAtOnce).Run();
                return true;
            }),
            cancel);

    /// <inheritdoc/>
    public override Task<int> MoveAsync(int familiesMax, CancellationToken cancel) =>
        WriteAsync(open => new Mover(open, file, step => Passing?.Invoke(step)).Move(familiesMax), cancel);

    /// <inheritdoc/>
    public override Task<bool> EraseAsync(string subject, CancellationToken cancel) =>
        WriteAsync(
            open =>
            {
                bool found = open.InErasingTransaction(() => open.Subjects.Destroy(subject));
                // Nor may the key survive in the log.
                open.Database.Checkpoint(isFinal: true);
                return found;
            },
            cancel);

    /// <inheritdoc/>
    public override Task<int> ForgetAsideAsync(DateTimeOffset before, CancellationToken cancel) =>
        WriteAsync(
            open =>
            {
                int forgotten = open.InErasingTransaction(() => open.Aside.Forget(before));
                if (forgotten > 0)
                    open.Database.Checkpoint(isFinal: true);
                return forgotten;
            },
            cancel);

    /// <inheritdoc/>
    public override Task<int> DropMonthsBeforeAsync(DateOnly month, CancellationToken cancel) =>
        WriteAsync(_ => Months.DropBefore(file, month), cancel);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await turn.WaitAsync();
        Close();
        turn.Dispose();
    }

    internal override Task<T> ReadAsync<T>(Func<Shelves, Task<T>> read, CancellationToken cancel) =>
        readers.ReadAsync(read, cancel);

    private protected override Task<bool> ApplyAsync(
        TrackingPass pass, PassContent content, CancellationToken cancel) =>
        WriteAsync(open => open.InTransaction(() => Apply(open, pass, content)), cancel);

    internal override Task<int> DismissAsync(
        IReadOnlyList<long> ids, AsideTrace trace, CancellationToken cancel) =>
        WriteAsync(
            open =>
            {
                int dismissed = open.InErasingTransaction(() => ids.Sum(id => open.Aside.Dismiss(id, trace)));
                open.Database.Checkpoint(isFinal: true);
                return dismissed;
            },
            cancel);

    private protected override Task<int> RetakeAsync(
        string site, PassContent content, AsideTrace? trace, CancellationToken cancel) =>
        WriteAsync(open => open.InErasingTransaction(() => Retake(open, site, content, trace)), cancel);

    private bool Apply(SqliteSession open, TrackingPass pass, PassContent content)
    {
        (int site, JournalPosition position) = open.Numbers.OfSite(pass.Site);
        if (position != pass.From)
            return false;
        Fold(open, site, content);
        open.Numbers.MoveSite(site, pass.To);
        Passing?.Invoke(TrackingStep.PassWritten);
        return true;
    }

    private static int Retake(SqliteSession open, string name, PassContent content, AsideTrace? trace)
    {
        int site = open.Numbers.OfSite(name).Number;
        int removed = content.Items.Sum(item => open.Aside.Remove(site, item.Entry.Position, trace));
        if (removed != content.Items.Count)
            throw new StoreUnavailableException($"Rows of {name} were taken in twice at once. Try again.");
        Fold(open, site, content);
        return removed;
    }

    private static void Fold(SqliteSession open, int site, PassContent content)
    {
        SqliteScope scope = new(site, open);
        Fold fold = new(scope);
        fold.AddAll(content.Items);
        foreach (TrackedRow row in scope.Changed)
            open.Elements.Write(row);
        open.Elements.NoteFinished(scope.Finished);
        open.Statistics.Add(site, fold.Tallies);
        foreach (AsideRow row in content.Aside)
            open.Aside.Keep(site, row, scope);
    }

    private async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            RequireThere();
            return work(session ?? throw new InvalidOperationException(isReadOnly
                ? $"{file} is open to read only."
                : $"{file} has not been opened: await {nameof(OpenAsync)} first."));
        }
        catch (SqliteFault fault)
        {
            throw fault.InWordsOfContract(file);
        }
        finally
        {
            turn.Release();
        }
    }

    // What is written to a deleted file is gone when the process ends, but the journals would forget it now.
    private void RequireThere()
    {
        if (session is not null && !File.Exists(file))
        {
            throw new StoreBrokenException(
                $"{file} was deleted or moved while it was open. Nothing more is taken in; the journals keep it. End "
                + "the process, put the file back, and start again.");
        }
    }

    private void Close()
    {
        session?.Dispose();
        session = null;
        held?.Dispose();
        held = null;
    }
}
