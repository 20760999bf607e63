using Waybill.Crash.Child;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>The audit of waves finds what is wrong: it is fed books that somebody has doctored.</summary>
public sealed class WaveAuditTests
{
    private readonly List<JournalEntry> journal = [];
    private readonly List<Boarding> boardings = [];

    public WaveAuditTests()
    {
        Load(Wave(1), Parcel(1), Parcel(2));
        Load(Wave(2), Parcel(3));
    }

    [Fact]
    public void Books_that_balance_have_no_faults() => Assert.Empty(Faults());

    [Fact]
    public void A_member_of_two_batches_is_found()
    {
        Released(Wave(3), Parcel(1));
        boardings.Add(new Boarding(Wave(3), Parcel(1)));

        Assert.Contains(Faults(), fault => fault.Contains($"{Parcel(1)} was released into"));
        Assert.Contains(Faults(), fault => fault.Contains("its member does not tell of"));
        Assert.Contains(Faults(), fault => fault.Contains("was noted by"));
    }

    [Fact]
    public void A_member_that_is_taken_along_twice_is_found()
    {
        Batched(Wave(1), Parcel(1));

        Assert.Contains(Faults(), fault => fault.Contains($"{Parcel(1)} itself tells of"));
    }

    [Fact]
    public void A_member_that_its_wave_lost_is_found()
    {
        boardings.Remove(new Boarding(Wave(1), Parcel(2)));

        Assert.Equal($"a wave left a member behind: {new Boarding(Wave(1), Parcel(2))}", Assert.Single(Faults()));
    }

    [Fact]
    public void A_stranger_in_a_wave_is_found()
    {
        boardings.Add(new Boarding(Wave(2), Parcel(4)));

        Assert.Equal($"a wave took a stranger along: {new Boarding(Wave(2), Parcel(4))}", Assert.Single(Faults()));
    }

    [Fact]
    public void A_batch_of_which_no_release_tells_is_found()
    {
        Held(Parcel(4));
        Batched(Wave(9), Parcel(4));

        Assert.Equal($"no release tells of {new Boarding(Wave(9), Parcel(4))}", Assert.Single(Faults()));
    }

    [Fact]
    public void A_member_that_finished_in_no_batch_is_found()
    {
        Held(Parcel(4));
        Add(JournalKind.Finished, Parcel(4), Workload.Close.Name, null);

        Assert.Equal($"{Parcel(4)} left the queue in no batch: Finished", Assert.Single(Faults()));
    }

    private static ElementId Parcel(int number) => new(new Guid(number, 1, 0, new byte[8]));

    private static ElementId Wave(int number) => new(new Guid(number, 2, 0, new byte[8]));

    private void Load(ElementId wave, params ElementId[] members)
    {
        foreach (ElementId member in members)
        {
            Held(member);
            Batched(wave, member);
            boardings.Add(new Boarding(wave, member));
        }

        Released(wave, members);
    }

    private void Held(ElementId parcel) => Add(JournalKind.Moved, parcel, Workload.Dock.Name, null);

    private void Batched(ElementId wave, ElementId parcel) =>
        Add(JournalKind.Batched, parcel, Workload.Load.Name, $$"""{"batch":"{{wave}}"}""");

    private void Released(ElementId wave, params ElementId[] members) => Add(
        JournalKind.Released, wave, "form",
        $$"""{"members":[{{string.Join(',', members.Select(member => $"\"{member}\""))}}]}""");

    private void Add(JournalKind kind, ElementId element, string node, string? detail) => journal.Add(new JournalEntry(
        new JournalPosition(journal.Count + 1, 0), DateTimeOffset.UnixEpoch, kind, element, 0,
        new NodeAddress("parcels", 1, node), TimeSpan.Zero, detail));

    private IEnumerable<string> Faults() => new WaveAudit(new Books
    {
        Tickets = new Dictionary<string, TicketRecord>(),
        Histories = journal.GroupBy(row => row.Element)
            .ToDictionary(rows => rows.Key, rows => (IReadOnlyList<JournalEntry>)[.. rows]),
        ChangeRows = [],
        Changes = [],
        Boardings = boardings,
        InFlight = [],
        Sidelined = [],
        Effects = [],
        Balances = new Dictionary<int, long>(),
        Runs = [],
    }).Faults();
}
