using System.Text.Json;

namespace Waybill.Server.Tests.Work;

/// <summary>A site whose first node is run remotely, and requests that need it to go on.</summary>
internal static class WorkHost
{
    public const string Claim = """{"worker":"robot","nodes":[{"workflow":"parcels","node":"pack"}],"max":10}""";

    public static Workflow<Parcel, string> Flow(string name = "parcels") =>
        Workflow<Parcel, string>.Named(name).StartsAt(Sample.Pack)
            .Node(Sample.Pack, n => n.RunRemotely().GoesTo(Sample.Ship).Retry(1, Backoff.None))
            .Node(Sample.Ship, n => n.Run(e => Route.Finish($"{e.Data.Note} x{e.Data.Count}")).Finishes());

    /// <summary>Sends, and lets the site go on until there is an answer.</summary>
    public static async Task<JsonElement> SendAsync(
        this ServerHost host, HttpClient client, string path, string json, int status = 200)
    {
        Task<HttpResponseMessage> sending = client.PostAsync(path, json);
        while (!sending.IsCompleted)
        {
            await host.Site.RunUntilQuietAsync();
            await Task.Yield();
        }

        return await sending.JsonAsync(status);
    }

    /// <summary>Claims one element.</summary>
    public static async Task<JsonElement> TakeAsync(this ServerHost host, HttpClient client) =>
        (await host.SendAsync(client, "/v1/work/claim", Claim)).GetProperty("work")[0];

    public static async Task<JsonElement> CompleteAsync(
        this ServerHost host, HttpClient client, string lease, string route)
    {
        string body = $$"""[{"lease":"{{lease}}","route":{{route}}}]""";
        return (await host.SendAsync(client, "/v1/work/complete", body)).GetProperty("results")[0];
    }

    public static string Text(this JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
