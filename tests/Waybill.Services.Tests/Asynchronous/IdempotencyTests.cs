using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Asynchronous;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Services.Tests.Asynchronous.TicketHost;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_repeat_gets_the_first_ones_answer()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage first = await host.SubmitWithAsync("\"k-1\"");
        HttpResponseMessage second = await host.SubmitWithAsync("k-1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(1, await host.Site.Store.Directory.CountAsync(ElementFilter.All, default));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"open")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\\\\"b\"")]
    [InlineData("\"a\\x\"")]
    [InlineData("two words")]
    [InlineData("\"é\"")]
    public async Task A_key_that_is_no_string_is_400(string key)
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage response = await host.SubmitWithAsync(key);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("urn:waybill:problem:idempotency-key-invalid", (string)(await JsonAsync(response))["type"]!);
    }

    [Fact]
    public async Task A_missing_key_is_400_where_one_is_needed()
    {
        await using TicketHost host = await StartAsync(
            app => app.MapPost("/pay", () => Results.Ok()).WithIdempotencyKey(isRequired: true));

        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Post, "/pay")).StatusCode);
    }

    [Fact]
    public async Task A_repeat_with_another_body_is_422()
    {
        await using TicketHost host = await StartAsync();
        await host.SubmitWithAsync("k-1", books: 2);

        HttpResponseMessage response = await host.SubmitWithAsync("k-1", books: 3);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("urn:waybill:problem:idempotency-key-reused", (string)(await JsonAsync(response))["type"]!);
    }

    [Fact]
    public async Task A_repeat_while_the_first_is_carried_out_is_409()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TicketHost host = await StartAsync(app => app.MapPost("/slow", async () =>
        {
            begun.TrySetResult();
            await goOn.Task;
            return "done";
        }).WithIdempotencyKey());

        Task<HttpResponseMessage> first = host.SendAsync(HttpMethod.Post, "/slow", null, ("Idempotency-Key", "k"));
        await begun.Task;
        HttpResponseMessage second = await host.SendAsync(HttpMethod.Post, "/slow", null, ("Idempotency-Key", "k"));
        goOn.SetResult();
        await first;
        HttpResponseMessage third = await host.SendAsync(HttpMethod.Post, "/slow", null, ("Idempotency-Key", "k"));

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Equal("\"done\"", await third.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_refused_request_can_be_mended_and_sent_again()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage refused = await host.SendAsync(
            HttpMethod.Post, "/orders", """{"boks":2}""", ("Idempotency-Key", "k-1"));
        HttpResponseMessage mended = await host.SubmitWithAsync("k-1");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Accepted), (refused.StatusCode, mended.StatusCode));
    }

    [Fact]
    public async Task A_repeat_of_a_submission_whose_answer_was_too_large_to_keep_gets_its_ticket()
    {
        await using TicketHost host = await StartAsync(
            app => app.Services.GetRequiredService<IdempotencyOptions>().ReplyBytesMax = 10);

        JsonObject first = await JsonAsync(await host.SubmitWithAsync("k-1"));
        JsonObject second = await JsonAsync(await host.SubmitWithAsync("k-1"));

        Assert.Equal((string)first["id"]!, (string)second["id"]!);
        Assert.Equal(1, await host.Site.Store.Directory.CountAsync(ElementFilter.All, default));
    }

    [Fact]
    public async Task A_key_is_free_again_when_its_time_is_over()
    {
        FakeTime time = new();
        await using TicketHost host = await StartAsync(time: time);

        JsonObject first = await JsonAsync(await host.SubmitWithAsync("k-1"));
        time.Advance(TimeSpan.FromHours(25));
        JsonObject second = await JsonAsync(await host.SubmitWithAsync("k-1"));

        Assert.NotEqual((string)first["id"]!, (string)second["id"]!);
    }

    [Fact]
    public async Task The_key_of_one_client_is_not_that_of_another()
    {
        await using TicketHost host = await StartAsync(app => app.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, context.Request.Headers["X-Client"].ToString())], "test"));
            return next();
        }));

        string[] ids = new string[2];
        for (int i = 0; i < ids.Length; i++)
        {
            HttpResponseMessage response = await host.SendAsync(
                HttpMethod.Post, "/orders", """{"books":2}""", ("Idempotency-Key", "k"), ("X-Client", $"c{i}"));
            ids[i] = (string)(await JsonAsync(response))["id"]!;
        }

        Assert.NotEqual(ids[0], ids[1]);
    }
}
