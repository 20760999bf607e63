using System.Net;
using System.Text.Json.Nodes;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Services.Tests.Asynchronous.TicketHost;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class TicketTests
{
    [Fact]
    public async Task A_submission_is_answered_with_202_and_where_to_look()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage response = await host.SubmitAsync(prefer: "respond-async");

        JsonObject receipt = await JsonAsync(response);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/v1/tickets/{receipt["id"]}", response.Headers.Location!.ToString());
        Assert.Equal(response.Headers.Location.ToString(), response.Headers.GetValues("Operation-Location").Single());
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.Equal("respond-async", response.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(
            ("orders", "7", "accepted", true),
            ((string)receipt["workflow"]!, (string)receipt["key"]!, (string)receipt["state"]!,
                (bool)receipt["isNew"]!));
    }

    [Fact]
    public async Task A_second_submission_with_the_key_gets_the_first_ones_ticket()
    {
        await using TicketHost host = await StartAsync();

        JsonObject first = await JsonAsync(await host.SubmitAsync(books: 2));
        JsonObject second = await JsonAsync(await host.SubmitAsync(books: 3));

        Assert.Equal((string)first["id"]!, (string)second["id"]!);
        Assert.False((bool)second["isNew"]!);
    }

    [Fact]
    public async Task A_ticket_tells_where_its_element_is_and_then_its_result()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();

        JsonObject before = await JsonAsync(await host.SendAsync(HttpMethod.Get, path));
        await host.Site.RunUntilQuietAsync();
        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
        JsonObject after = await JsonAsync(response);

        Assert.Equal("accepted", (string)before["state"]!);
        Assert.Equal("pack", (string)before["progress"]!["node"]!);
        Assert.Equal(("finished", "P2"), ((string)after["state"]!, (string)after["result"]!["number"]!));
        Assert.Null(after["progress"]);
        Assert.NotNull(after["endedAt"]);
        Assert.Null(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_ticket_tells_why_its_work_failed()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync(books: 0)).Headers.Location!.ToString();
        await host.Site.RunUntilQuietAsync();

        JsonObject ticket = await JsonAsync(await host.SendAsync(HttpMethod.Get, path));

        Assert.Equal("failed", (string)ticket["state"]!);
        Assert.Equal("urn:waybill:problem:work-failed", (string)ticket["problem"]!["type"]!);
        Assert.Equal("nothing was ordered", (string)ticket["problem"]!["detail"]!);
    }

    [Fact]
    public async Task A_client_that_knows_the_ticket_is_told_that_nothing_changed()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();
        string tag = (await host.SendAsync(HttpMethod.Get, path)).Headers.ETag!.Tag;

        HttpResponseMessage same = await host.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag));
        await host.Site.RunUntilQuietAsync();
        HttpResponseMessage other = await host.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag));

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, other.StatusCode));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        Assert.NotEqual(tag, other.Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-0000000000ff")]
    [InlineData("7")]
    [InlineData("%F0%9F%93%A6")]
    public async Task An_unknown_ticket_is_a_problem_of_a_stable_type(string id)
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, $"/v1/tickets/{id}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("urn:waybill:problem:ticket-unknown", (string)(await JsonAsync(response))["type"]!);
    }

    [Fact]
    public async Task A_cancel_is_taken_while_the_work_goes_on_and_too_late_after()
    {
        await using TicketHost host = await StartAsync();
        string path = (await host.SubmitAsync()).Headers.Location!.ToString();

        HttpResponseMessage first = await host.SendAsync(
            HttpMethod.Post, $"{path}/cancel", """{"reason":"too many"}""");
        await host.Site.RunUntilQuietAsync();
        HttpResponseMessage second = await host.SendAsync(HttpMethod.Post, $"{path}/cancel");
        JsonObject ticket = await JsonAsync(await host.SendAsync(HttpMethod.Get, path));

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.Equal("urn:waybill:problem:ticket-ended", (string)(await JsonAsync(second))["type"]!);
        Assert.Equal("cancelled", (string)ticket["state"]!);
    }

    [Fact]
    public async Task Of_an_unknown_workflow_and_of_bad_input_the_client_is_told_what_is_wrong()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage key = await host.SubmitAsync(key: "%20padded");
        HttpResponseMessage input = await host.SendAsync(HttpMethod.Post, "/orders/7", """{"boks":2}""");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (key.StatusCode, input.StatusCode));
        Assert.DoesNotContain("Parameter", (string)(await JsonAsync(key))["detail"]!);
        Assert.Contains("boks", (string)(await JsonAsync(input))["detail"]!);
    }
}
