using System.Net;

namespace Waybill.Services.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task An_idempotent_call_goes_to_another_endpoint_when_one_fails()
    {
        using EchoNet net = new("a", "b", "c");
        net.Answer = (host, _) => net.Asked.Count == 1
            ? throw new HttpRequestException("refused")
            : Task.FromResult(EchoNet.Say(host));

        string said = await net.Client.AgainAsync();

        Assert.Equal(2, net.Asked.Distinct().Count());
        Assert.Equal(net.Asked.Last(), said);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "overloaded", CallFailure.Unavailable)]
    [InlineData(HttpStatusCode.InternalServerError, "operation-failed", CallFailure.Failed)]
    public async Task An_idempotent_call_is_attempted_three_times(
        HttpStatusCode status, string type, CallFailure failure)
    {
        using EchoNet net = new("a");
        net.Answer = (_, _) => Task.FromResult(EchoNet.Fail(status, type));

        Assert.Equal(failure, await EchoNet.FailureOfAsync(() => net.Client.AgainAsync()));

        Assert.Equal(3, net.Asked.Count);
    }

    [Fact]
    public async Task A_call_that_is_not_idempotent_is_attempted_once()
    {
        using EchoNet net = new("a", "b");
        net.Answer = (_, _) => throw new HttpRequestException("refused");

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(net.Client.OnceAsync));

        Assert.Single(net.Asked);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "bad-arguments", CallFailure.Rejected)]
    [InlineData(HttpStatusCode.NotFound, "none", CallFailure.Rejected)]
    [InlineData(HttpStatusCode.RequestTimeout, "deadline-passed", CallFailure.DeadlinePassed)]
    [InlineData(HttpStatusCode.InternalServerError, "dependency-failed", CallFailure.Failed)]
    public async Task What_would_not_get_better_is_not_attempted_again(
        HttpStatusCode status, string type, CallFailure failure)
    {
        using EchoNet net = new("a", "b");
        net.Answer = (_, _) => Task.FromResult(EchoNet.Fail(status, type));

        Assert.Equal(failure, await EchoNet.FailureOfAsync(() => net.Client.AgainAsync()));

        Assert.Single(net.Asked);
    }

    [Fact]
    public async Task A_refusal_is_not_attempted_again()
    {
        using EchoNet net = new("a", "b");
        net.Answer = (_, _) => Task.FromResult(
            EchoNet.Fail(HttpStatusCode.UnprocessableEntity, "refused", "out-of-stock"));

        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => net.Client.AgainAsync());

        Assert.Equal(("out-of-stock", "so it is", 1), (refused.Code, refused.Message, net.Asked.Count));
    }

    [Fact]
    public async Task Further_attempts_stay_within_the_budget()
    {
        // Too busy is not broken: no circuit opens, and each call would be attempted three times.
        using EchoNet net = new("a", "b");
        net.Answer = (_, _) => Task.FromResult(EchoNet.Fail(HttpStatusCode.ServiceUnavailable));

        for (int call = 0; call < 100; call++)
            await EchoNet.FailureOfAsync(() => net.Client.AgainAsync());

        // Ten that were saved up, one for ten calls, and one for each second that the delays took.
        Assert.InRange(net.Asked.Count, 110, 125);
    }

    [Fact]
    public async Task A_hanging_attempt_leaves_time_for_another()
    {
        using EchoNet net = new("a", "b");
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        net.Answer = (host, cancel) =>
        {
            if (net.Asked.Count > 1)
                return Task.FromResult(EchoNet.Say(host));
            hangs.SetResult();
            return EchoNet.HangAsync(cancel);
        };

        Task<string> call = net.Client.AgainAsync();
        await hangs.Task;
        net.Time.Advance(TimeSpan.FromSeconds(1));

        string said = await call;
        Assert.Equal(net.Asked.Last(), said);
        Assert.Equal(2, net.Asked.Distinct().Count());
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_more_time_than_is_left_is_not_asked_again()
    {
        using EchoNet net = new("a");
        net.Answer = (_, _) =>
        {
            HttpResponseMessage busy = EchoNet.Fail(HttpStatusCode.ServiceUnavailable);
            busy.Headers.RetryAfter = new(TimeSpan.FromSeconds(30));
            return Task.FromResult(busy);
        };

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(() => net.Client.AgainAsync()));

        Assert.Single(net.Asked);
    }

    [Fact]
    public async Task A_service_without_endpoints_is_unavailable()
    {
        using EchoNet net = new();

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(net.Client.OnceAsync));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task An_answer_that_is_not_the_contracts_is_a_failure(string body)
    {
        using EchoNet net = new("a");
        net.Answer = (_, _) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) });

        Assert.Equal(CallFailure.BadAnswer, await EchoNet.FailureOfAsync(() => net.Client.AgainAsync()));
    }
}
