using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tests.Engine;

/// <summary>A picklist: shipments are held by method, released as waves, and go on with the wave's report.</summary>
internal static class HoldSample
{
    public static readonly Node<Shipment> Inbox = new("inbox");
    public static readonly Node<Shipment> Picklist = new("picklist");
    public static readonly Node<Shipment, string> Picked = new("picked");
    public static readonly Node<Wave> Pick = new("pick");

    public static readonly Actor Clerk = new("clerk", "a test");

    /// <summary>Waves whose only node runs a function.</summary>
    public static Workflow<Wave, string> Waves(Func<Element<Wave>, ValueTask<Route>>? pick = null) =>
        Workflow<Wave, string>.Named("waves").StartsAt(Pick)
            .Node(Pick, n => n
                .Run((wave, _) => pick?.Invoke(wave) ?? ValueTask.FromResult(Route.Finish($"by {wave.Data.By}")))
                .Finishes().Retry(0, Backoff.None));

    /// <summary>Shipments that begin at the picklist and finish with what their wave told them.</summary>
    public static Workflow<Shipment, string> Shipments(
        Workflow<Wave, string> waves, Action<HoldSetup<Shipment>>? rules = null) =>
        Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => rules.AppliedTo(Held(h, waves)))
            .Node(Picked, n => n
                .Run((_, replies) => Route.Finish(
                    $"{replies.Single.Ending}: {replies.Single.Result ?? replies.Single.Reason}"))
                .Finishes());

    public static HoldSetup<Shipment> Held(HoldSetup<Shipment> hold, Workflow<Wave, string> waves) => hold
        .GroupBy(s => s.Method)
        .Columns(s => new { s.Zone, s.Grams, s.Due, s.Kind, s.GroupSize })
        .ReleasesTo(waves, release => new Wave(release.Group ?? "all", release.By), Picked);

    public static async Task<ElementId> HoldAsync(
        this TestSite site, Workflow<Shipment, string> flow, string key, Shipment? shipment = null)
    {
        ElementId id = (await site.Client.SubmitAsync(flow, key, shipment ?? new Shipment())).Id;
        await site.RunUntilQuietAsync();
        return id;
    }

    public static async Task<string?> ResultAsync(this TestSite site, Workflow<Shipment, string> flow, string key) =>
        (await site.Client.StatusAsync(flow, key))?.Result;

    public static async Task<long> HeldCountAsync(this TestSite site, Workflow<Shipment, string> flow) =>
        await site.Client.Held(flow, Picklist).CountAsync();

    private static void AppliedTo<T>(this Action<T>? action, T target) => action?.Invoke(target);
}

internal enum Kind
{
    Plain,
    Fragile,
}

internal sealed record Shipment(
    string Method = "ground", string? Zone = "A", int Grams = 100, DateTimeOffset? Due = null, Kind Kind = Kind.Plain,
    int GroupSize = 0);

internal sealed record Wave(string Group, string By);
