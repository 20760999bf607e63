using System.Text.Json;

namespace Waybill.Server.Tests;

/// <summary>What is secret in data is masked in every answer but the ticket, and there for readers too.</summary>
public sealed class SecretTests
{
    private const string Card = "4111-2222-3333";

    private static readonly Node<Payment> Pay = new("pay");
    private static readonly Change<Payment> Instead = new("instead");

    private static Workflow Payments { get; } = Workflow<Payment, Payment>.Named("payments").StartsAt(Pay)
        .Node(Pay, n => n
            .Run(e => e.Data.Note == "broken"
                ? throw new IOException($"{e.Data.Card} was declined")
                : Route.Finish(e.Data))
            .Finishes().Retry(0, Backoff.None))
        .Changes(Instead, c => c.AcceptedAt([Pay], (_, other) => Changed.To(other)))
        .Encrypts<Payment>(p => p.Card);

    [Fact]
    public async Task A_ticket_shows_them_to_those_who_may_submit_and_nobody_else()
    {
        await using ServerHost host = await StartAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        string id = await SubmitAsync(shop, "sound");
        await host.Site.RunUntilQuietAsync();

        Assert.Equal(Card, await CardOfAsync(shop, id));
        Assert.Equal("***", await CardOfAsync(reader, id));
    }

    [Fact]
    public async Task No_answer_about_an_element_has_them()
    {
        await using ServerHost host = await StartAsync();
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        string waiting = await SubmitAsync(admin, "waits");
        string before = (await admin.FetchAsync($"/v1/elements/{waiting}").JsonAsync()).GetRawText();
        string broken = await SubmitAsync(admin, "broken");
        await host.Site.RunUntilQuietAsync();
        string sidelined = (await admin.FetchAsync($"/v1/elements/{broken}").JsonAsync()).GetRawText();

        Assert.All(
            [before, sidelined],
            answer =>
            {
                Assert.Contains("\"card\":\"***\"", answer);
                Assert.DoesNotContain(Card, answer);
                Assert.DoesNotContain("waybill-sealed:", answer);
            });
    }

    [Fact]
    public async Task A_mask_that_is_pasted_back_takes_no_secrets_place()
    {
        await using ServerHost host = await StartAsync();
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        string id = await SubmitAsync(admin, "broken");
        await host.Site.RunUntilQuietAsync();
        host.Site.Time.Advance(TimeSpan.FromSeconds(1));

        string refused = await admin.PostAsync(
            $"/v1/sidelined/{id}/edit", """{"patch":{"card":"***","note":"sound"}}""").ProblemAsync(422);
        await admin.PostAsync($"/v1/sidelined/{id}/edit", """{"patch":{"note":"sound"}}""").JsonAsync();
        await host.Site.RunUntilQuietAsync();

        Assert.Equal("unusable-input", refused);
        Assert.Equal(Card, await CardOfAsync(admin, id));
    }

    private static Task<ServerHost> StartAsync() => ServerHost.StartAsync(
        [Payments],
        options: new SiteOptions { Keys = SecretKeyRing.Parse(SecretKeyRing.NewLine("k")) });

    private static async Task<string> SubmitAsync(HttpClient client, string note) =>
        (await client.PostAsync(
            "/v1/workflows/payments/elements",
            $$"""{"key":"{{note}}","data":{"card":"{{Card}}","note":"{{note}}"} }""").JsonAsync(202))
        .GetProperty("id").GetString()!;

    private static async Task<string?> CardOfAsync(HttpClient client, string id)
    {
        JsonElement ticket = await client.FetchAsync($"/v1/tickets/{id}").JsonAsync();
        return ticket.GetProperty("result").GetProperty("card").GetString();
    }

    private sealed record Payment(string Card, string Note);
}
