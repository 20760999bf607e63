using Waybill.Definition;
using Waybill.Engine;
using Waybill.Serialization;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>Nodes whose code says how much it has room for.</summary>
public sealed class RoomTests
{
    private readonly RoomyCode code = new();

    [Fact]
    public async Task A_node_takes_only_what_its_code_has_room_for()
    {
        await using TestSite site = new(Gated(new Gate()));
        using NodeRunner runner = await RunnerAsync(site);
        code.Room = 2;
        int before = runner.Room;

        runner.Add(Element(site, 1), isReserved: false);
        bool hasReserved = runner.TryReserve();
        bool hasReservedMore = runner.TryReserve();

        Assert.Equal((2, 0), (before, runner.Room));
        Assert.Equal((true, false), (hasReserved, hasReservedMore));
        code.Room = 0;
        Assert.Equal(0, runner.Room);
    }

    [Fact]
    public async Task A_run_begins_when_the_code_gets_room_and_it_is_told()
    {
        await using TestSite site = new(Gated(new Gate()));
        using NodeRunner runner = await RunnerAsync(site);
        int told = 0;
        runner.FollowRoom(() => told++);
        runner.Add(Element(site, 1), isReserved: false);
        runner.Add(Element(site, 2), isReserved: false);
        await site.RunUntilQuietAsync();
        int without = code.Began.Count;

        code.Grow(1);
        await site.RunUntilQuietAsync();

        Assert.Equal((0, 1, 1), (without, code.Began.Count, told));
        Assert.Equal(0, runner.Room);
    }

    [Fact]
    public async Task What_waits_beyond_the_room_is_given_back_the_latest_first()
    {
        await using TestSite site = new(Gated(new Gate()));
        using NodeRunner runner = await RunnerAsync(site);
        code.Room = 3;
        for (int i = 1; i <= 5; i++)
            runner.Add(Element(site, i), isReserved: false);
        await site.RunUntilQuietAsync();

        code.Room = 4;
        IReadOnlyList<InFlight> latest = runner.TakeExcess();
        code.Room = 2;
        IReadOnlyList<InFlight> rest = runner.TakeExcess();

        Assert.Equal([1, 2, 3], code.Began);
        Assert.Equal((5, 4), (Assert.Single(latest).Key, Assert.Single(rest).Key));
    }

    private async Task<NodeRunner> RunnerAsync(TestSite site)
    {
        await site.RunUntilQuietAsync();
        Passes passes = site.Passes;
        PlacedNode node = passes.Hosted.All[0].Node;
        return new NodeRunner(node, code, passes.Hosted.Builder, passes.Outbox, passes.Custody, passes.Context);
    }

    private static InFlight Element(TestSite site, long key)
    {
        ClaimedElement claimed = new()
        {
            Key = key,
            Id = new ElementId(new Guid((int)key, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            Node = new NodeAddress("parcels", 1, "first"),
            Hop = 0,
            ArrivedHop = 0,
            Attempt = 1,
            BusinessKey = $"{key}",
            Data = "{}"u8.ToArray(),
            AcceptedAt = site.Time.GetUtcNow(),
        };
        return new InFlight(claimed, site.Passes.Custody.Generation, new BatchMembers(site.Store, new CodecSet(null)));
    }

    /// <summary>Runs that never end.</summary>
    private sealed class RoomyCode : NodeCode
    {
        public int Room { get; set; }

        public List<long> Began { get; } = [];

        public override int RoomMax => Room;

        public override JsonCodec DataCodec => throw new NotSupportedException();

        public void Grow(int by)
        {
            Room += by;
            NoteRoomGrew();
        }

        public override ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel)
        {
            Began.Add(element.Key);
            return new ValueTask<Route>(new TaskCompletionSource<Route>().Task);
        }
    }
}
