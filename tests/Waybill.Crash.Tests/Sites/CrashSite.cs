using System.Data.Common;
using Waybill.Crash.Child;
using Waybill.Crash.Tests.Checks;
using Waybill.Crash.Tests.Processes;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Sites;

/// <summary>
/// One store with the application's tables, and the processes that work on it; all are gone after the test.
/// </summary>
internal abstract class CrashSite : IAsyncDisposable
{
    // Numbers that were acknowledged already, submitted again by each process: they must get the same elements.
    private const int Overlap = Parcel.Accounts;

    private readonly List<ChildProcess> children = [];

    protected CrashSite() => Directory.CreateDirectory(RunsFolder);

    /// <summary>What the processes promised.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Where the processes log their runs.</summary>
    public string RunsFolder => Path.Combine(Folder, "runs");

    /// <summary>The processes that were started, in that order.</summary>
    public IReadOnlyList<ChildProcess> Children => children;

    /// <summary>The store, as a child understands it.</summary>
    public abstract string Store { get; }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("waybill-crash-").FullName;

    /// <summary>Opens the store in this process. On SQLite only while no child has it.</summary>
    public abstract ISiteStore CreateStore();

    /// <summary>Connects to the database beside the store. On SQLite only while nobody has it.</summary>
    public abstract Task<DbConnection> ConnectAsync();

    public async Task ExecuteAsync(IEnumerable<string> statements)
    {
        await using DbConnection connection = await ConnectAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        foreach (string statement in statements)
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    /// <summary>Starts a process that goes on submitting where those before it got to.</summary>
    /// <param name="count">How many numbers it submits, and with them some that are known already.</param>
    /// <param name="change">What is unusual about it.</param>
    public ChildProcess Start(int count, Func<ChildOptions, ChildOptions>? change = null)
    {
        string name = $"child-{children.Count + 1}";
        int from = Math.Max(0, Ledger.Next - Overlap);
        ChildOptions options = new()
        {
            Store = Store,
            Name = name,
            Runs = Path.Combine(RunsFolder, name),
            From = from,
            Count = count == 0 ? 0 : Ledger.Next - from + count,
        };
        ChildProcess child = ChildProcess.Start(change is null ? options : change(options), Ledger);
        children.Add(child);
        return child;
    }

    /// <summary>Compares everything that the stopped processes left with what they promised.</summary>
    public async Task<Books> AssertBooksBalanceAsync()
    {
        Books books = await Books.ReadAsync(this);
        new Audit(books, Ledger).AssertNoFaults();
        return books;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (ChildProcess child in children)
            await child.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
