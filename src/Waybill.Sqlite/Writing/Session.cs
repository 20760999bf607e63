using Waybill.Sqlite.Changing;
using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Recording;

namespace Waybill.Sqlite.Writing;

/// <summary>
/// The writing connection with everything that writes through it. Belongs to the writer's thread; items of work see it
/// while their transaction runs.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Sequence numbers;
    private readonly NodeNumbers nodes;
    private readonly Arrivals arrivals;
    private bool isSynchronous = true;

    public Session(Database database, TimeProvider time)
    {
        Database = database;
        begin = database.Keep("BEGIN IMMEDIATE");
        commit = database.Keep("COMMIT");
        Clock = new TransactionClock(time);
        numbers = new Sequence(database);
        nodes = new NodeNumbers(database);
        arrivals = new Arrivals(nodes);
        Journal = new JournalWriter(database, numbers, Clock);
        JournalReaders = new JournalReaders(database, Clock);
        Held = new HeldTables(database, nodes, Clock);
        Places places = new(database, Held, numbers, Clock, arrivals);
        Replies replies = new(database);
        SidelinedRows sidelined = new(database, Clock);
        Attached = new AttachedWrites(database);
        Workers = new Workers(database, Clock);
        Tickets = new Tickets(database, Clock);
        ElementRows elements = new(database, nodes, Clock);
        Intake = new Intake(elements, Held, Tickets, places, numbers, Journal);
        Claims = new Claims(database, elements, places, replies, nodes, Clock);
        Signals = new Signals(database, elements, places, replies, Journal);
        MoveTables tables = new(elements, places, replies, sidelined, Tickets);
        ChangeTables ledger = new(
            new ChangeRequests(database, Clock), new ChangeOutcomes(database, Clock), new ChangeMarks(database));
        Changes changes = new(ledger, elements, places, nodes, Journal);
        Cancels = new Cancels(tables, changes, Journal);
        ChangeIntake = new ChangeIntake(ledger, tables, Held, changes, Cancels, Journal);
        Effects effects = new(
            new Returns(elements, places, replies, Journal), new Batches(elements, places, replies, Journal), Cancels,
            Signals);
        Moves moves = new(tables, Intake, Signals, changes, Journal, Clock);
        Hops = new Hops(elements, Held, changes, moves, effects, Attached);
        Releases = new Releases(database, Held, Intake, elements, places, Journal);
        Amendments = new Amendments(elements, Held, places, Journal);
        Records = new RecordRows(database, numbers, Clock);
    }

    public Database Database { get; }

    public TransactionClock Clock { get; }

    public AttachedWrites Attached { get; }

    public Intake Intake { get; }

    public Claims Claims { get; }

    public Hops Hops { get; }

    public Signals Signals { get; }

    public Cancels Cancels { get; }

    public Tickets Tickets { get; }

    public Workers Workers { get; }

    public HeldTables Held { get; }

    public Releases Releases { get; }

    public Amendments Amendments { get; }

    public ChangeIntake ChangeIntake { get; }

    public RecordRows Records { get; }

    public JournalWriter Journal { get; }

    public JournalReaders JournalReaders { get; }

    /// <param name="isDurable">Whether the commit waits for the disk.</param>
    public void Begin(bool isDurable)
    {
        if (isSynchronous != isDurable)
        {
            Database.Execute(isDurable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            isSynchronous = isDurable;
        }

        begin.Run();
    }

    /// <returns>The nodes that got ready elements.</returns>
    public IReadOnlyList<NodeAddress> Commit()
    {
        commit.Run();
        Held.Commit();
        return arrivals.Take();
    }

    /// <summary>Undoes the transaction, in the database and in what is kept in memory of it.</summary>
    public void Rollback()
    {
        // After some errors SQLite has rolled back by itself.
        if (Database.IsInTransaction)
            Database.Execute("ROLLBACK");
        numbers.ForgetReservation();
        nodes.Reload();
        Held.Rollback();
        arrivals.Forget();
    }

    public void Dispose()
    {
        Attached.Forget();
        Held.Dispose();
        Database.Dispose();
    }
}
