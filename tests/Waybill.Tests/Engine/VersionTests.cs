using System.Text;
using System.Text.Json;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class VersionTests
{
    [Fact]
    public async Task Two_versions_run_side_by_side_and_elements_stay_on_theirs()
    {
        Workflow<Parcel, string> one = Single(e => Route.Finish($"one {e.Node.Version}"));
        Workflow<Parcel, string> two = Flow(version: 2)
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.Finish($"two {e.Node.Version}")).Finishes());
        await using TestSite site = new(one, two);

        await site.SubmitAsync(one, "old");
        await site.SubmitAsync(two, "new");
        await site.RunUntilQuietAsync();

        Assert.Equal("one 1", (await site.StatusAsync(one, "old")).Result);
        Assert.Equal("two 2", (await site.StatusAsync(one, "new")).Result);
    }

    [Fact]
    public async Task An_upgrade_moves_elements_at_their_next_hop_and_keeps_the_replies_that_wait_for_them()
    {
        Gate gate = new();
        Node<Crate, string> joined = new("joined-crate");
        Workflow<Parcel, string> called = Gated(gate, null, "called");
        Workflow<Parcel, string> one = Flow("callers")
            .Node(First, n => n.Run(e => Route.Call(called.Call(e.Data), Joined, e.Data)).Calls(called, Joined))
            .Node(Joined, n => n.Run((_, _) => Route.Finish("old")).Finishes());
        Workflow<Crate, string> two = Workflow<Crate, string>.Named("callers", 2).StartsAt(joined)
            .Node(joined, n => n
                .Run((e, replies) => Route.Finish($"{e.Data.Label} {replies.Single.Value}"))
                .Finishes())
            .UpgradesFrom<Parcel, Crate>(1, parcel => new Crate($"crate of {parcel.Note}"), (Joined.Name, joined));
        TestSite before = new(one, called);
        ElementId id = await before.SubmitAsync(one, data: new Parcel("apples"));
        await before.RunUntilQuietAsync();
        await before.StopAsync();

        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [two, called],
            Time = before.Time,
            Store = before.Store,
        });
        await site.RunUntilQuietAsync();
        gate.Open("1/0", Route.Finish("weighed"));
        await site.RunUntilQuietAsync();

        Assert.Equal("crate of apples weighed", (await site.StatusAsync(one)).Result);
        Assert.Contains(JournalKind.Upgraded, await site.HistoryAsync(id));
    }

    [Fact]
    public async Task A_newer_process_that_retries_an_element_at_an_old_node_leaves_it_its_place_in_the_line()
    {
        List<string> done = [];
        Workflow<Parcel, string> one = Single(
            _ => throw new IOException(), n => n.OrderedBy(parcel => parcel.Note).Retry(0, Backoff.None));
        Workflow<Parcel, string> two = Flow(version: 2)
            .Node(First, n => n
                .Run(e =>
                {
                    done.Add(e.BusinessKey);
                    return Route.Finish("ok");
                })
                .OrderedBy(parcel => parcel.Note).Finishes())
            .UpgradesFrom<Parcel, Parcel>(1, parcel => parcel, (First.Name, First));
        TestSite before = new(one);
        await before.SubmitAsync(one, "1", new Parcel("key"));
        await before.SubmitAsync(one, "2", new Parcel("key"));
        await before.AdvanceAsync(TimeSpan.FromSeconds(1));
        await before.StopAsync();

        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [two],
            Time = before.Time,
            Store = before.Store,
        });
        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        ElementDetails? behind = await site.Store.Directory.FindAsync(ElementRef.Of("parcels", "2"), default);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(ElementState.Blocked, behind!.Summary.State);
        Assert.Equal(["1", "2"], done);
    }

    [Fact]
    public async Task Members_that_the_code_does_not_know_survive_its_hop_at_every_depth()
    {
        const string Newer = """
            {"label":"a","size":{"w":1,"depth":9},"lines":[{"sku":"x","gift":true},{"sku":"y","gift":false}],"vip":true}
            """;
        Node<Crate> first = new("first");
        Node<Crate> second = new("second");
        Workflow<Crate, string> flow = Workflow<Crate, string>.Named("crates").StartsAt(first)
            .Node(first, n => n
                .Run(e => Route.To(second, e.Data with { Label = "b", Lines = [e.Data.Lines![1], new Line("new")] }))
                .GoesTo(second))
            .Node(second, n => n.Run(e => Route.Wait(second, e.Data, TimeSpan.FromDays(1))).GoesTo(second).Finishes());
        await using TestSite site = new(flow);
        ElementId id = new(new Guid("00000000000000000000000000000001"));
        NewElement element = new(
            id, new QueueSlot(new NodeAddress("crates", 1, "first")), "1", Encoding.UTF8.GetBytes(Newer));

        await site.Store.Elements.AcceptAsync([element], default);
        await site.RunUntilQuietAsync();

        ElementDetails? found = await site.Store.Directory.FindAsync(ElementRef.Of(id), default);
        JsonElement data = JsonDocument.Parse(found!.Data).RootElement;
        Assert.Equal("b", data.GetProperty("label").GetString());
        Assert.True(data.GetProperty("vip").GetBoolean());
        Assert.Equal(9, data.GetProperty("size").GetProperty("depth").GetInt32());
        Assert.Equal(
            """[{"sku":"y","gift":false},{"sku":"new"}]""",
            data.GetProperty("lines").GetRawText().Replace(" ", string.Empty));
    }

    private sealed record Crate(string Label, Size? Size = null, IReadOnlyList<Line>? Lines = null);

    private sealed record Size(int W);

    private sealed record Line(string Sku);
}
