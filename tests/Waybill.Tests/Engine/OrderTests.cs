using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class OrderTests
{
    private readonly List<string> done = [];

    [Fact]
    public async Task Elements_of_one_key_go_one_after_the_other_and_those_of_others_pass()
    {
        Gate gate = new();
        Workflow<Parcel, string> flow = Gated(gate, n => n.OrderedBy(data => data.Note));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "a1", new Parcel("a"));
        await site.SubmitAsync(flow, "a2", new Parcel("a"));
        await site.SubmitAsync(flow, "b1", new Parcel("b"));
        await site.RunUntilQuietAsync();
        string[] atFirst = [.. gate.Came];
        gate.OpenAll();
        await site.RunUntilQuietAsync();

        Assert.Equal(["a1", "b1"], atFirst);
        Assert.Equal(["a1", "b1", "a2"], gate.Came);
    }

    [Fact]
    public async Task Order_holds_past_retries_and_sidelining()
    {
        bool isMended = false;
        Workflow<Parcel, string> flow = Single(
            e =>
            {
                if (e.BusinessKey == "1" && !isMended)
                    throw new IOException();
                done.Add(e.BusinessKey);
                return Route.Finish("ok");
            },
            n => n.OrderedBy(_ => "same").Retry(2, Backoff.Fixed(TimeSpan.FromSeconds(5))));
        await using TestSite site = new(flow);

        foreach (string key in new[] { "1", "2", "3" })
            await site.SubmitAsync(flow, key);
        await site.AdvanceAsync(TimeSpan.FromMinutes(5));
        ElementDetails? second = await site.Store.Directory.FindAsync(ElementRef.Of("parcels", "2"), default);
        isMended = true;
        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(ElementState.Blocked, second!.Summary.State);
        Assert.Equal(["1", "2", "3"], done);
    }

    [Fact]
    public async Task A_dropped_element_lets_the_next_of_its_key_go()
    {
        Workflow<Parcel, string> flow = Single(
            e =>
            {
                done.Add(e.BusinessKey);
                return e.BusinessKey == "1" ? throw new IOException() : Route.Finish("ok");
            },
            n => n.OrderedBy(_ => "same").Retry(0, Backoff.None));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));
        string[] before = [.. done];
        await site.Client.Sidelined.DropAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(["1"], before);
        Assert.Equal(["1", "2"], done);
    }
}
