using System.Text.Json;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>A remote worker as tests play it.</summary>
internal static class RemoteSample
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>A workflow whose first node is run remotely and goes to the second, or finishes.</summary>
    public static Workflow<Parcel, string> Remote(Action<NodeSetup<Parcel>>? rules = null) => Flow()
        .Node(First, n =>
        {
            n.RunRemotely().GoesTo(Second).Finishes().Retry(1, Backoff.None);
            rules?.Invoke(n);
        })
        .Node(Second, n => n.Run(parcel => Route.Finish(parcel.Data.Note)).Finishes());

    public static RemoteClaim Claim(int max = 1, string worker = "robot") =>
        new() { Worker = worker, Nodes = [new RemoteNodeName("parcels", null, "first")], Max = max };

    /// <summary>Claims and lets the site go on until something was handed out.</summary>
    public static async Task<RemoteWork> TakeAsync(this TestSite site, string worker = "robot")
    {
        Task<IReadOnlyList<RemoteWork>> claim = site.Remote.ClaimAsync(Claim(1, worker));
        await site.RunUntilQuietAsync();
        return Assert.Single(await claim);
    }

    /// <summary>Completes, and lets the site go on until that is committed.</summary>
    public static async Task<RemoteAnswer> CompleteAsync(this TestSite site, RemoteWork work, RemoteRoute route)
    {
        Task<RemoteAnswer> answer = site.Remote.CompleteAsync(work.Lease, route);
        await site.RunUntilQuietAsync();
        return await answer;
    }

    /// <summary>Lets a run fail, and the site go on until that is committed.</summary>
    public static async Task<RemoteAnswer> FailAsync(this TestSite site, RemoteWork work, RemoteFailure failure)
    {
        Task<RemoteAnswer> answer = site.Remote.FailAsync(work.Lease, failure);
        await site.RunUntilQuietAsync();
        return await answer;
    }

    public static RemoteRoute ToSecond(string data = """{"note":"by hand","count":1}""") =>
        new() { To = "second", Data = Json(data) };

    public static RemoteRoute Finish(string result = "done") =>
        new() { Finish = JsonSerializer.SerializeToElement(result) };

    public static JsonElement Json(string json) => JsonElement.Parse(json);

    public static string Text(this RemoteWork work) => System.Text.Encoding.UTF8.GetString(work.Data.Span);

    /// <summary>Puts an element into the store with data that a newer version of the code wrote.</summary>
    public static async Task AcceptAsync(this TestSite site, string json)
    {
        await site.RunUntilQuietAsync();
        NodeAddress first = new("parcels", 1, "first");
        NewElement element = new(
            new ElementId(new Guid(77, 0, 0, new byte[8])),
            new QueueSlot(first),
            "1",
            System.Text.Encoding.UTF8.GetBytes(json),
            null);
        await site.Store.Elements.AcceptAsync([element], default);
    }
}
