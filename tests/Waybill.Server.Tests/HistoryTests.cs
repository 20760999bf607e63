using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Server.Tests;

public sealed class HistoryTests
{
    private static readonly Node<Parcel> Turn = new("turn");
    private static readonly Node<Parcel, string> Joined = new("joined");

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

    [Fact]
    public async Task A_called_element_that_ended_with_a_change_pending_is_found_with_its_history()
    {
        Workflow<Parcel, string> called = Workflow<Parcel, string>.Named("called", 1).StartsAt(Turn)
            .Node(Turn, n => n
                .Run(e => e.Data.Count > 1 ? Route.To(Sample.Ship, e.Data) : throw new IOException("no paper"))
                .GoesTo(Sample.Ship).Retry(0, Backoff.None))
            .Node(Sample.Ship, n => n.Run(_ => Route.Finish("never")).Finishes())
            .Changes(Sample.NoteChange, c => c.AcceptedAt([Sample.Ship], (p, note) => Changed.To(p)));
        Workflow<Parcel, string> callers = Workflow<Parcel, string>.Named("callers", 1).StartsAt(Turn)
            .Node(Turn, n => n.Run(e => Route.Call(called.Call(e.Data), Joined, e.Data)).Calls(called, Joined))
            .Node(Joined, n => n.Run((_, _) => Route.Finish("ok")).Finishes());
        await using ServerHost host = await ServerHost.StartAsync([callers, called]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        await shop.SubmitAsync("1", "books", "callers");
        await host.Site.RunUntilQuietAsync();
        ElementId id = Assert.Single((await host.Site.Client.Sidelined.ListAsync(SidelinedFilter.All)).Items).Id;

        await host.Site.Client.Changes.RequestAsync(ElementRef.Of(id), Sample.NoteChange, "toys", new Actor("a test"));
        await host.Site.Client.Sidelined.DropAsync(SidelinedFilter.All, new Actor("a test"));
        JsonElement element = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();
        JsonElement history = await shop.FetchAsync($"/v1/elements/{id}/history?newestFirst=true").JsonAsync();

        Assert.Equal("dropped", element.GetProperty("ended").GetProperty("ending").GetString());
        Assert.Equal("changeResolved", history.GetProperty("items")[0].GetProperty("kind").GetString());
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
