using System.Text;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>What no retry can mend is sidelined at once, with a name for what is wrong.</summary>
public sealed class BadReturnTests
{
    [Fact]
    public async Task No_route_is_sidelined()
    {
        Assert.Equal("waybill.no-route", (await FailureOfAsync(Single(_ => null!))).Type);
    }

    [Fact]
    public async Task An_undeclared_exit_is_sidelined_and_says_what_to_declare()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Third, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.To(Third, e.Data)).GoesTo(Third))
            .Node(Third, n => n.Run(_ => Route.Finish("x")).Finishes());

        Failure failure = await FailureOfAsync(flow);

        Assert.Equal("waybill.undeclared-exit", failure.Type);
        Assert.Contains("goes to \"third\"", failure.Message);
        Assert.Contains("GoesTo", failure.Message);
    }

    [Fact]
    public async Task An_undeclared_finish_call_or_wait_is_sidelined()
    {
        Workflow<Parcel, string> other = Single(_ => Route.Finish("x"), name: "other");
        Func<Element<Parcel>, Route>[] bad =
        [
            _ => Route.Finish("early"),
            e => Route.Call(other.Call(e.Data), Joined, e.Data),
            e => Route.WaitFor(Paid, Signalled, e.Data),
        ];
        foreach (Func<Element<Parcel>, Route> route in bad)
        {
            Workflow<Parcel, string> flow = Flow()
                .Node(First, n => n.Run(route).GoesTo(Joined, Signalled))
                .Node(Joined, n => n.Run((_, _) => Route.Finish("x")).Finishes())
                .Node(Signalled, n => n.Run((_, _) => Route.Finish("x")).Finishes());

            Assert.Equal("waybill.undeclared-exit", (await FailureOfAsync(flow, other)).Type);
        }
    }

    [Fact]
    public async Task Data_of_3_MiB_is_sidelined_with_the_data_that_it_had()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => Route.To(Second, e.Data with { Note = new string('x', 3 << 20) }))
                .GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("x")).Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, data: new Parcel("small"));
        await site.RunUntilQuietAsync();

        SidelinedElement sidelined = await site.SingleSidelinedAsync();
        Assert.Equal("waybill.data-too-large", sidelined.Failure.Type);
        Assert.Equal("""{"note":"small","count":0}""", Encoding.UTF8.GetString(sidelined.Data.Span));
    }

    [Fact]
    public async Task A_result_of_another_type_is_sidelined()
    {
        Assert.Equal("waybill.wrong-result", (await FailureOfAsync(Single(_ => Route.Finish(42)))).Type);
    }

    [Fact]
    public async Task A_batch_of_the_wrong_size_is_sidelined_as_a_whole()
    {
        Workflow<Parcel, string> flow = Flow().Node(First, n => n
            .RunBatch(10, (_, _) => new ValueTask<IReadOnlyList<Route>>([Route.Finish("only one")]))
            .Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.RunUntilQuietAsync();

        Page<SidelinedElement> sidelined = await site.Client.Sidelined.ListAsync(SidelinedFilter.All);
        Assert.Equal(["waybill.batch-size", "waybill.batch-size"], sidelined.Items.Select(e => e.Failure.Type));
    }

    [Fact]
    public async Task Data_that_cannot_be_read_sidelines_its_own_element_and_not_its_batch()
    {
        Workflow<Parcel, string> flow = Flow().Node(First, n => n
            .RunBatch(10, (batch, _) => new ValueTask<IReadOnlyList<Route>>([.. batch.Select(_ => Route.Finish("ok"))]))
            .Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "1");
        await AcceptRawAsync(site, "2", """{"count":"many"}""");
        await site.SubmitAsync(flow, "3");
        await site.RunUntilQuietAsync();

        Assert.Equal("2", (await site.SingleSidelinedAsync()).BusinessKey);
        Assert.Equal("ok", (await site.StatusAsync(flow, "3")).Result);
    }

    [Fact]
    public async Task Data_that_cannot_be_read_is_sidelined_without_a_run()
    {
        int runs = 0;
        Workflow<Parcel, string> flow = Single(_ => Route.Finish($"{++runs}"));
        await using TestSite site = new(flow);

        await AcceptRawAsync(site, "1", "{\"note\":");
        await site.RunUntilQuietAsync();

        Assert.Equal("waybill.data-unreadable", (await site.SingleSidelinedAsync()).Failure.Type);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task An_order_key_that_throws_loses_no_element()
    {
        Workflow<Parcel, string> flow = Single(
            e => e.Data.Note == "fine" ? Route.Finish("ok") : throw new InvalidOperationException("no"),
            n => n.OrderedBy(data => data.Note == "fine" ? "key" : throw new FormatException("no key")));
        await using TestSite site = new(flow);

        await AcceptRawAsync(site, "1", """{"note":"odd"}""");
        await site.SubmitAsync(flow, "2", new Parcel("fine"));
        await site.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal("1", (await site.SingleSidelinedAsync()).BusinessKey);
        Assert.Equal("ok", (await site.StatusAsync(flow, "2")).Result);
        Assert.Equal(0, site.InFlight);
    }

    private static async Task<Failure> FailureOfAsync(params Workflow<Parcel, string>[] flows)
    {
        await using TestSite site = new(flows);
        await site.SubmitAsync(flows[0]);
        await site.RunUntilQuietAsync();
        return (await site.SingleSidelinedAsync()).Failure;
    }

    private static Task AcceptRawAsync(TestSite site, string key, string json) => site.Store.Elements.AcceptAsync(
        [
            new NewElement(
                new ElementId(new Guid(key.PadLeft(32, '0'))),
                new QueueSlot(new NodeAddress("parcels", 1, "first")),
                key,
                Encoding.UTF8.GetBytes(json)),
        ],
        default);
}
