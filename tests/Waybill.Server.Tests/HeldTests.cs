using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class HeldTests
{
    private const string Queue = "/v1/held/shipments/1/picklist";

    private static readonly Node<Shipment> Picklist = new("picklist");
    private static readonly Node<Shipment, string> Picked = new("picked");
    private static readonly Node<Wave> Pick = new("pick");

    internal static readonly Workflow<Wave, string> Waves = Workflow<Wave, string>.Named("waves").StartsAt(Pick)
        .Node(Pick, n => n.Run(_ => Route.Finish("picked")).Finishes());

    internal static readonly Workflow<Shipment, string> Shipments =
        Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => h
                .GroupBy(s => s.Method)
                .Columns(s => new { s.Zone, s.Grams })
                .ReleasesTo(Waves, release => new Wave(release.Group ?? "all"), Picked))
            .Node(Picked, n => n.Run((_, replies) => Route.Finish(replies.Single.Ending.ToString())).Finishes());

    [Fact]
    public async Task What_is_held_is_seen_in_queues_rows_and_groups()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        JsonElement queue = (await reader.FetchAsync("/v1/held").JsonAsync()).GetProperty("items")[0];
        JsonElement light = await reader.FetchAsync(
            Queue + "/rows?where=grams:less:300&where=zone:equal:A&sortBy=grams&descending=true").JsonAsync();
        JsonElement groups = await reader.FetchAsync(Queue + "/groups?sum=grams").JsonAsync();

        Assert.Equal(4, queue.GetProperty("count").GetInt64());
        Assert.Equal("number", queue.GetProperty("columns")[1].GetProperty("type").GetString());
        Assert.Equal(
            [200, 100],
            light.GetProperty("items").EnumerateArray()
                .Select(row => (int)row.GetProperty("columns").GetProperty("grams").GetDecimal()));
        JsonElement largest = groups.GetProperty("items")[0];
        Assert.Equal("ground", largest.GetProperty("by").GetProperty("group").GetString());
        Assert.Equal(3, largest.GetProperty("count").GetInt64());
        Assert.Equal(600, largest.GetProperty("sums").GetProperty("grams").GetDecimal());
    }

    [Fact]
    public async Task Rows_come_in_pages()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        JsonElement first = await reader.FetchAsync(Queue + "/rows?size=3&sortBy=grams").JsonAsync();
        JsonElement second = await reader.FetchAsync(
            $"{Queue}/rows?size=3&sortBy=grams&after={first.GetProperty("next").GetString()}").JsonAsync();

        Assert.Equal(3, first.GetProperty("items").GetArrayLength());
        Assert.Equal(4, await reader.CountAsync(Queue + "/count"));
        Assert.Equal(2, await reader.CountAsync(Queue + "/count?where=grams:less:300&where=zone:equal:A"));
        Assert.Equal("invalid-input", await reader.FetchAsync(Queue + "/count?where=size:less:3").ProblemAsync(400));
        Assert.Equal("p3", second.GetProperty("items")[0].GetProperty("key").GetString());
        Assert.Equal(1, second.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_group_is_released_when_the_confirmed_count_is_right()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);

        Assert.Equal("count-differs", await shop.PostAsync(
            Queue + "/release", """{"filter":{"group":"ground"},"confirm":2}""").ProblemAsync(409));
        JsonElement released = await shop.PostAsync(
            Queue + "/release", """{"filter":{"group":"ground"},"confirm":3,"reason":"lorry is here"}""").JsonAsync();
        await host.Site.RunUntilQuietAsync();

        Assert.Equal(3, released.GetProperty("members").GetInt32());
        Assert.Equal(1, await shop.CountAsync("/v1/elements/count"));
    }

    [Fact]
    public async Task One_is_amended_and_the_rest_dropped()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        JsonElement row = (await shop.FetchAsync(Queue + "/rows").JsonAsync()).GetProperty("items")[0];
        string id = row.GetProperty("id").GetString()!;

        await shop.PostAsync(
            Queue + "/amend", $$"""{"id":"{{id}}","patch":{"method":"express"} }""").JsonAsync();
        Assert.Equal("unusable-input", await shop.PostAsync(
            Queue + "/amend", $$"""{"id":"{{id}}","patch":{"method":""} }""").ProblemAsync(422));
        JsonElement dropped = await shop.PostAsync(
            Queue + "/drop", """{"filter":{"where":[{"column":"grams","is":"less","value":250}]},"confirm":2}""")
            .JsonAsync();

        Assert.Equal(2, dropped.GetProperty("count").GetInt64());
        Assert.Equal(2, (await shop.FetchAsync("/v1/held").JsonAsync())
            .GetProperty("items")[0].GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("/rows?where=grams")]
    [InlineData("/rows?where=grams:near:5")]
    [InlineData("/rows?where=grams:less:heavy")]
    [InlineData("/rows?where=colour:equal:red")]
    [InlineData("/rows?where=grams:less")]
    [InlineData("/rows?sortBy=colour")]
    [InlineData("/rows?after=12")]
    [InlineData("/rows?after=zz")]
    [InlineData("/groups?by=colour")]
    [InlineData("/groups?sum=zone")]
    public async Task A_question_that_makes_no_sense_is_the_clients_mistake(string question)
    {
        await using ServerHost host = await FilledAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        Assert.Equal("invalid-input", await reader.FetchAsync(Queue + question).ProblemAsync(400));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"column":"zone","is":"equal","value":"\ud800"}""")]
    [InlineData("""{"column":"zone","is":"equal","value":[]}""")]
    public async Task A_condition_that_makes_no_sense_is_the_clients_mistake(string condition)
    {
        await using ServerHost host = await FilledAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);

        Assert.Equal("invalid-input", await shop.PostAsync(
            Queue + "/release", $$$"""{"filter":{"where":[{{{condition}}}]}}""").ProblemAsync(400));
    }

    [Fact]
    public async Task A_page_can_end_at_the_longest_of_texts()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        await host.Site.Client.SubmitAsync(Shipments, "p5", new Shipment("ground", new string('É', 200), 1));
        await host.Site.RunUntilQuietAsync();
        string page = Queue + "/rows?sortBy=zone&descending=true&size=1";

        string next = (await reader.FetchAsync(page).JsonAsync()).GetProperty("next").GetString()!;
        JsonElement second = (await reader.FetchAsync($"{page}&after={next}").JsonAsync()).GetProperty("items")[0];

        Assert.Equal("B", second.GetProperty("columns").GetProperty("zone").GetString());
    }

    [Fact]
    public async Task A_queue_that_is_none_is_not_found()
    {
        await using ServerHost host = await FilledAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        await reader.FetchAsync("/v1/held/shipments/1/picked/rows").ProblemAsync(404);
        await reader.FetchAsync("/v1/held/shipments/2/picklist/rows").ProblemAsync(404);
    }

    private static async Task<ServerHost> FilledAsync()
    {
        ServerHost host = await ServerHost.StartAsync([Shipments, Waves]);
        await host.Site.Client.SubmitAsync(Shipments, "p1", new Shipment("ground", "A", 100));
        await host.Site.Client.SubmitAsync(Shipments, "p2", new Shipment("ground", "A", 200));
        await host.Site.Client.SubmitAsync(Shipments, "p3", new Shipment("express", "A", 400));
        await host.Site.Client.SubmitAsync(Shipments, "p4", new Shipment("ground", "B", 300));
        await host.Site.RunUntilQuietAsync();
        return host;
    }

    internal sealed record Shipment(string Method, string Zone, int Grams);

    internal sealed record Wave(string Group);
}
