using System.Collections.Concurrent;
using System.Diagnostics;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class TracingTests
{
    [Fact]
    public async Task Whatever_a_run_does_belongs_to_the_trace_of_the_submission()
    {
        ConcurrentQueue<Activity?> seen = [];
        Workflow<Parcel, string> called = Single(Seen(seen, _ => Route.Finish("weighed")), name: "scales");
        Workflow<Parcel, string> flow = Flow("callers")
            .Node(First, n => n
                .Run(Seen(seen, element => Route.Call(called.Call(element.Data), Joined, element.Data)))
                .Calls(called, Joined))
            .Node(Joined, n => n.Run((_, _) => Route.Finish("done")).Finishes());
        await using TestSite site = new(flow, called);
        using Activity click = new Activity("click").SetIdFormat(ActivityIdFormat.W3C).Start();

        await site.SubmitAsync(flow);
        click.Stop();
        await site.RunUntilQuietAsync();

        Assert.Equal(2, seen.Count);
        Assert.All(seen, run => Assert.Equal(click.TraceId, run?.TraceId));
        Assert.Equal(seen.First()!.Id, seen.Last()!.ParentId);
    }

    [Fact]
    public async Task Without_a_trace_and_a_listener_there_is_no_activity()
    {
        ConcurrentQueue<Activity?> seen = [];
        Workflow<Parcel, string> flow = Single(Seen(seen, _ => Route.Finish("done")));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        Assert.Null(Assert.Single(seen));
    }

    private static Func<Element<Parcel>, Route> Seen(
        ConcurrentQueue<Activity?> seen, Func<Element<Parcel>, Route> run) => element =>
    {
        seen.Enqueue(Activity.Current);
        return run(element);
    };
}
