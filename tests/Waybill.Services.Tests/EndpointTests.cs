using System.Net;
using Waybill.Services.Calling;

namespace Waybill.Services.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task An_endpoint_that_keeps_failing_is_left_alone_and_then_tried_once()
    {
        using EchoNet net = new("a");
        net.Answer = (_, _) => throw new HttpRequestException("refused");
        for (int call = 0; call < Endpoint.AttemptsMin; call++)
            await EchoNet.FailureOfAsync(net.Client.OnceAsync);

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(net.Client.OnceAsync));
        Assert.Equal(Endpoint.AttemptsMin, net.Asked.Count);

        net.Time.Advance(Endpoint.BreakDuration);
        net.Answer = (host, _) => Task.FromResult(EchoNet.Say(host));
        Assert.Equal("a", await net.Client.OnceAsync());
        Assert.Equal("a", await net.Client.OnceAsync());
    }

    [Fact]
    public async Task Calls_go_round_a_broken_endpoint()
    {
        using EchoNet net = new("bad", "good");
        net.Answer = (host, _) => host == "bad"
            ? throw new HttpRequestException("refused")
            : Task.FromResult(EchoNet.Say(host));
        while (net.Asked.Count(host => host == "bad") < Endpoint.AttemptsMin)
            await net.Client.AgainAsync();
        net.Asked.Clear();

        for (int call = 0; call < 20; call++)
            Assert.Equal("good", await net.Client.OnceAsync());

        Assert.DoesNotContain("bad", net.Asked);
    }

    [Fact]
    public async Task The_less_loaded_endpoint_is_asked()
    {
        using EchoNet net = new("a", "b");
        net.Answer = (_, cancel) => EchoNet.HangAsync(cancel);
        Task<string> hanging = net.Client.OnceAsync();
        string busy = Assert.Single(net.Asked);
        net.Answer = (host, _) => Task.FromResult(EchoNet.Say(host));

        for (int call = 0; call < 10; call++)
            Assert.NotEqual(busy, await net.Client.OnceAsync());

        net.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CallFailure.DeadlinePassed, await EchoNet.FailureOfAsync(() => hanging));
    }

    [Fact]
    public async Task A_hedged_call_takes_the_first_of_two_answers()
    {
        using EchoNet net = new("a", "b");
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        net.Answer = (host, cancel) =>
        {
            if (net.Asked.Count > 1)
                return Task.FromResult(EchoNet.Say(host));
            cancel.Register(left.SetResult);
            return EchoNet.HangAsync(cancel);
        };

        string said = await net.Client.HedgedAsync();

        Assert.Equal(2, net.Asked.Distinct().Count());
        Assert.Equal(net.Asked.Last(), said);
        await left.Task;
    }

    [Fact]
    public void An_endpoint_much_slower_than_its_peers_is_ejected_for_a_while()
    {
        EagerTime time = new();
        Endpoint[] endpoints = Endpoints(time, 4);
        See(endpoints, slow: endpoints[2], latency: TimeSpan.FromMilliseconds(300), broken: 0);

        OutlierJudge.JudgeOnce(endpoints);

        Assert.Equal([endpoints[2]], endpoints.Where(endpoint => endpoint.IsEjected));
        Chance chance = new(new Random(1));
        for (int call = 0; call < 50; call++)
            Assert.NotSame(endpoints[2], EndpointChoice.Choose(endpoints, [], chance));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(endpoints[2].IsEjected);
    }

    [Fact]
    public void An_endpoint_that_fails_more_than_its_peers_is_ejected_longer_each_time()
    {
        EagerTime time = new();
        Endpoint[] endpoints = Endpoints(time, 3);
        foreach (int times in new[] { 1, 2 })
        {
            See(endpoints, slow: endpoints[0], latency: TimeSpan.FromMilliseconds(5), broken: 6);
            OutlierJudge.JudgeOnce(endpoints);
            time.Advance(TimeSpan.FromSeconds((30 * times) - 1));
            Assert.True(endpoints[0].IsEjected);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(endpoints[0].IsEjected);
        }
    }

    [Fact]
    public void No_more_than_half_of_the_endpoints_are_ejected()
    {
        Endpoint[] endpoints = Endpoints(new EagerTime(), 4);
        foreach (Endpoint bad in endpoints[..3])
        {
            See([bad, endpoints[3]], slow: bad, latency: TimeSpan.FromSeconds(1), broken: 9);
            OutlierJudge.JudgeOnce([bad, endpoints[3]]);
        }

        See(endpoints, slow: endpoints[2], latency: TimeSpan.FromSeconds(1), broken: 20);
        OutlierJudge.JudgeOnce([endpoints[0], endpoints[1], endpoints[2], endpoints[3]]);

        Assert.False(endpoints[3].IsEjected);
    }

    [Fact]
    public async Task Endpoints_that_all_fail_are_still_asked()
    {
        using EchoNet net = new("a", "b");
        net.Answer = (_, _) => Task.FromResult(EchoNet.Fail(HttpStatusCode.ServiceUnavailable));
        for (int call = 0; call < 50; call++)
            await EchoNet.FailureOfAsync(net.Client.OnceAsync);

        Assert.Equal(50, net.Asked.Count);
    }

    private static Endpoint[] Endpoints(TimeProvider time, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Endpoint(new Uri($"http://{i}/"), time))];

    private static void See(IEnumerable<Endpoint> endpoints, Endpoint slow, TimeSpan latency, int broken)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            for (int attempt = 0; attempt < 20; attempt++)
            {
                bool isSlow = endpoint == slow;
                endpoint.Seen.Add(isSlow ? latency : TimeSpan.FromMilliseconds(5), isSlow && attempt < broken);
            }
        }
    }
}
