using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class HistoryTests
{
    private static readonly Node<Parcel> Turn = new("turn");

    [Fact]
    public async Task A_history_longer_than_an_answer_is_read_to_its_end()
    {
        await using ServerHost host = await ServerHost.StartAsync([Loop(rounds: 1100)]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books", "loop");
        await host.Site.RunUntilQuietAsync();

        JsonElement element = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();
        string next = element.GetProperty("historyNext").GetString()!;
        JsonElement rest = await shop.FetchAsync($"/v1/elements/{id}/history?size=500&after={next}").JsonAsync();

        Assert.True(element.GetProperty("isHistoryCut").GetBoolean());
        Assert.Equal(
            Enumerable.Range(0, 1102), Hops(element.GetProperty("history")).Concat(Hops(rest.GetProperty("items"))));
        Assert.False(rest.TryGetProperty("next", out _));
        Assert.Equal(1102, await shop.CountAsync($"/v1/elements/{id}/history/count"));
    }

    [Fact]
    public async Task A_history_is_filtered_turned_round_and_paged()
    {
        await using ServerHost host = await ServerHost.StartAsync([Loop(rounds: 4)]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books", "loop");
        await host.Site.RunUntilQuietAsync();
        string moves = $"/v1/elements/{id}/history?kind=moved&newestFirst=true&size=3";

        JsonElement first = await shop.FetchAsync(moves).JsonAsync();
        string next = first.GetProperty("next").GetString()!;
        JsonElement second = await shop.FetchAsync($"{moves}&after={next}").JsonAsync();

        Assert.Equal([4, 3, 2], Hops(first.GetProperty("items")));
        Assert.Equal([1], Hops(second.GetProperty("items")));
        Assert.Equal(4, await shop.CountAsync($"/v1/elements/{id}/history/count?kind=moved"));
    }

    [Theory]
    [InlineData("after=1")]
    [InlineData("after=-1-2")]
    [InlineData("after=1-99999999999")]
    [InlineData("kind=vanished")]
    [InlineData("size=0")]
    public async Task A_history_is_asked_for_strictly(string query)
    {
        await using ServerHost host = await ServerHost.StartAsync([Loop(rounds: 1)]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books", "loop");

        Assert.Equal("invalid-input", await shop.FetchAsync($"/v1/elements/{id}/history?{query}").ProblemAsync(400));
    }

    [Fact]
    public async Task A_limited_key_sees_histories_of_its_workflows_only()
    {
        await using ServerHost host = await ServerHost.StartAsync([Loop(rounds: 1), Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        HttpClient limited = await host.HolderAsync(ServerRole.Reader, "parcels");
        string other = await shop.SubmitAsync("1", "books", "loop");

        Assert.Equal("not-found", await limited.FetchAsync($"/v1/elements/{other}/history").ProblemAsync(404));
        Assert.Equal("not-found", await limited.FetchAsync($"/v1/elements/{other}/history/count").ProblemAsync(404));
    }

    private static Workflow<Parcel, string> Loop(int rounds) =>
        Workflow<Parcel, string>.Named("loop", 1).StartsAt(Turn)
            .Node(Turn, n => n.Purpose("Turns")
                .Run(e => e.Data.Count > rounds
                    ? Route.Finish(e.Data.Note)
                    : Route.To(Turn, e.Data with { Count = e.Data.Count + 1 }))
                .GoesTo(Turn).Finishes());

    private static IEnumerable<int> Hops(JsonElement rows) =>
        rows.EnumerateArray().Select(row => row.GetProperty("hop").GetInt32());
}
