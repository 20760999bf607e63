using System.Net;
using System.Text;
using System.Text.Json;

namespace Waybill.Services.Tests;

public sealed class WireTests
{
    [Fact]
    public async Task A_call_is_a_post_of_the_arguments_by_name()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using HttpResponseMessage answer = await PostAsync(host, "find", """{"isbn":"111"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"isbn":"111","title":"Emma","price":9.5}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Arguments_with_a_default_can_be_left_out()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using HttpResponseMessage answer = await PostAsync(host, "put", """{"books":[]}""");

        Assert.Equal("0", await answer.Content.ReadAsStringAsync());
        Assert.Equal(" at Window: no note", Assert.Single(host.Shelf.Puts));
    }

    [Theory]
    [InlineData("find", """{"isbn":"1","isbn":"2"}""", "twice")]
    [InlineData("find", """{"isbn":"1","color":"red"}""", "no argument \"color\"")]
    [InlineData("find", """{"isbn":null}""", "cannot be null")]
    [InlineData("find", """{"isbn":7}""", "\"isbn\" cannot be read")]
    [InlineData("find", """{}""", "\"isbn\" is missing")]
    [InlineData("find", """[]""", "no JSON object")]
    [InlineData("find", """ """, "any JSON")]
    [InlineData("find", """{"isbn":"1"} {}""", "")]
    [InlineData("find", """{"isbn":"1" """, "")]
    [InlineData("put", """{"books":[{"isbn":"1","title":"a","isbn":"2"}]}""", "\"books\" cannot be read")]
    [InlineData("put", """{"books":[{"isbn":"1","title":"a","x":1}]}""", "\"books\" cannot be read")]
    [InlineData("put", """{"books":[{"isbn":"1"}]}""", "\"books\" cannot be read")]
    [InlineData("put", """{"books":[{"isbn":"1","title":null}]}""", "\"books\" cannot be read")]
    [InlineData("put", """{"books":[],"corner":1}""", "\"corner\" cannot be read")]
    [InlineData("put", """{"books":[],"corner":"attic"}""", "\"corner\" cannot be read")]
    [InlineData("clear", """{"all":true}""", "takes none")]
    public async Task What_the_contract_does_not_know_is_refused(string operation, string body, string why)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using HttpResponseMessage answer = await PostAsync(host, operation, body);

        JsonElement problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal("urn:waybill:problem:bad-arguments", problem.GetProperty("type").GetString());
        Assert.Contains(why, problem.GetProperty("detail").GetString());
        Assert.Empty(host.Shelf.Puts);
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using HttpResponseMessage answer = await PostAsync(
            host, "find", $$"""{"isbn":{{new string('[', 5000)}}{{new string(']', 5000)}}}""");

        await ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_body_past_the_bound_is_refused()
    {
        await using ShelfHost host = await ShelfHost.StartAsync(options => options.BodyMaxBytes = 100);

        using HttpResponseMessage answer = await PostAsync(host, "find", $$"""{"isbn":"{{new string('1', 100)}}"}""");

        await ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("0", HttpStatusCode.RequestTimeout)]
    [InlineData("-1", HttpStatusCode.BadRequest)]
    [InlineData("soon", HttpStatusCode.BadRequest)]
    [InlineData("99999999999999999999", HttpStatusCode.BadRequest)]
    [InlineData("9000000000000000000", HttpStatusCode.OK)]
    public async Task Only_a_deadline_ahead_is_taken(string deadline, HttpStatusCode expected)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using HttpResponseMessage answer = await PostAsync(host, "find", """{"isbn":"111"}""", deadline);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, host.Shelf.Calls);
    }

    private static async Task<HttpResponseMessage> PostAsync(
        ShelfHost host, string operation, string body, string? deadline = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/services/shelf/v2/{operation}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (deadline is not null)
            request.Headers.TryAddWithoutValidation("Waybill-Deadline-Ms", deadline);
        return await host.Http.SendAsync(request);
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
