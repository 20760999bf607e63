using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;
using Waybill.Testing.Memory;

namespace Waybill.Services.Tests;

public sealed class ReportTests
{
    private static readonly OperationContract Quick = ServiceContract.Of(typeof(IPromising)).Operations[0];

    private readonly EagerTime time = new();

    [Fact]
    public async Task It_is_told_who_breaks_a_promise_for_whom()
    {
        CallMeter meter = new(time);
        Count(meter, "web:1", calls: 98, Milliseconds(5), CallEnding.Answered);
        Count(meter, "web:1", calls: 2, Milliseconds(80), CallEnding.Answered);
        Count(meter, "batch:1", calls: 90, Milliseconds(5), CallEnding.Answered);
        Count(meter, "batch:1", calls: 10, Milliseconds(5), CallEnding.Failed);
        Count(meter, "app", calls: 100, Milliseconds(19), CallEnding.Refused);

        IReadOnlyList<ServiceLevel> levels = await new ServiceReports(meter, null).LevelsAsync();

        Assert.Equal(
            [("app", true, true), ("batch:1", true, false), ("web:1", false, true)],
            levels.Select(level => (level.Caller, level.IsLatencyKept!.Value, level.IsAvailabilityKept!.Value)));
        Assert.InRange(levels[2].LatencyMs, 80, 84);
        Assert.Equal((100, 90.0), (levels[1].Calls, levels[1].Availability));
    }

    [Fact]
    public async Task What_is_older_than_five_minutes_does_not_count()
    {
        CallMeter meter = new(time);
        Count(meter, "web:1", calls: 3, Milliseconds(500), CallEnding.Failed);
        time.Advance(TimeSpan.FromMinutes(3));
        Count(meter, "web:1", calls: 1, Milliseconds(5), CallEnding.Answered);

        Assert.Equal(4, Assert.Single(await new ServiceReports(meter, null).LevelsAsync()).Calls);
        time.Advance(TimeSpan.FromMinutes(2));

        ServiceLevel level = Assert.Single(await new ServiceReports(meter, null).LevelsAsync());
        Assert.Equal((1, false), (level.Calls, level.IsBroken));
    }

    [Fact]
    public async Task Both_sides_of_a_call_are_measured_and_shared_through_the_site()
    {
        MemoryStore store = new(time);
        using EchoNet caller = new(time, store, "there");
        using EchoNet callee = new(time, store);
        callee.Services.GetRequiredService<LocalServices>().Serve<IEcho>(new Echo());
        await caller.Client.OnceAsync();
        await callee.Client.OnceAsync();

        await PublishAsync(caller);
        IReadOnlyList<ServiceLevel> levels = await ReportsOf(callee).LevelsAsync();

        ServiceLevel level = Assert.Single(levels);
        Assert.Equal((CallSide.Caller, "tests", "echo:1", "once"),
            (level.Side, level.Caller, level.Service, level.Operation));
        await PublishAsync(callee);
        Assert.Equal(
            [CallSide.Caller, CallSide.Callee], (await ReportsOf(caller).LevelsAsync()).Select(one => one.Side));
    }

    [Fact]
    public async Task The_graph_shows_who_depends_on_whom()
    {
        using EchoNet net = new("there");
        LocalServices local = net.Services.GetRequiredService<LocalServices>();
        local.Serve<IPromising>(new Promising(net.Client));

        await Client<IPromising>(net).QuickAsync();

        Assert.Equal(
            [("promising:1", "echo:1"), ("tests", "promising:1")],
            (await ReportsOf(net).GraphAsync()).Select(edge => (edge.Caller, edge.Service)));
    }

    [Fact]
    public async Task Callers_that_make_up_names_fill_no_memory()
    {
        CallMeter meter = new(time);
        for (int caller = 0; caller < 3_000; caller++)
            Count(meter, $"caller{caller}", calls: 1, Milliseconds(1), CallEnding.Answered);

        IReadOnlyList<ServiceLevel> levels = await new ServiceReports(meter, null).LevelsAsync();

        Assert.Equal((1_001, 3_000), (levels.Count, levels.Sum(level => level.Calls)));
    }

    [Fact]
    public void Percentiles_of_merged_histograms_are_right_to_five_percent()
    {
        LatencyHistogram one = new();
        LatencyHistogram other = new();
        for (int i = 1; i <= 1000; i++)
            (i % 2 == 0 ? one : other).Add(Milliseconds(i));

        LatencyHistogram merged = LatencyHistogram.FromPairs(one.ToPairs());
        merged.Add(other);

        Assert.Equal(1000, merged.Count);
        Assert.InRange(merged.At(50), 500, 525);
        Assert.InRange(merged.At(99), 990, 1040);
        Assert.Equal(0, new LatencyHistogram().At(99));
    }

    private static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

    private static void Count(CallMeter meter, string caller, int calls, TimeSpan latency, CallEnding ending)
    {
        for (int call = 0; call < calls; call++)
            meter.Add(CallSide.Caller, caller, Quick, latency, ending);
    }

    private static Task PublishAsync(EchoNet net) =>
        net.Services.GetRequiredService<ReportPublisher>().PublishOnceAsync(default);

    private static ServiceReports ReportsOf(EchoNet net) => net.Services.GetRequiredService<ServiceReports>();

    private static T Client<T>(EchoNet net)
        where T : class =>
        Calling.ServiceProxy.Create<T>(net.Services.GetRequiredService<Calling.CallPath>());

    [Service("promising")]
    internal interface IPromising
    {
        [Operation(LatencyMs = 20, Percentile = 99, Availability = 99.5)]
        Task QuickAsync();
    }

    private sealed class Promising(IEcho echo) : IPromising
    {
        public Task QuickAsync() => echo.OnceAsync();
    }
}
