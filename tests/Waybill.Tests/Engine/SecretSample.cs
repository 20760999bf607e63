using System.Text;
using System.Text.Json.Serialization;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tests.Engine;

/// <summary>A workflow whose data is secret in part, and keys for it.</summary>
internal static class SecretSample
{
    public const string Number = "4111-2222-3333";

    public static readonly Node<Purchase> Pay = new("pay");
    public static readonly Node<Purchase> Pack = new("pack");
    public static readonly Change<Card> OtherCard = new("card");

    public static readonly (string, byte[]) OldKey = ("old", [.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    public static readonly (string, byte[]) NewKey = ("new", [.. Enumerable.Range(7, 32).Select(i => (byte)i)]);

    public static Purchase Bought => new(new Buyer("ann", new Card(Number, "ann")), [new Card(Number, "bob")]);

    /// <summary>Two nodes: the first does as it is told, the second finishes with the card.</summary>
    public static Workflow<Purchase, Card> Flow(Func<Element<Purchase>, Route> pay) =>
        Workflow<Purchase, Card>.Named("purchases").StartsAt(Pay)
            .Node(Pay, n => n.Run(pay).GoesTo(Pack).Retry(0, Backoff.None).Finishes())
            .Node(Pack, n => n.Run(e => Route.Finish(e.Data.Buyer.Card)).Finishes())
            .Changes(OtherCard, c => c.AcceptedAt(
                [Pay], (data, card) => Changed.To(data with { Buyer = data.Buyer with { Card = card } })))
            .Encrypts<Purchase>(p => p.Buyer.Card.Number);

    public static TestSite Site(Workflow flow, ISiteStore? store, params (string, byte[])[] keys) => new(
        new TestSiteSetup
        {
            Workflows = [flow],
            Store = store,
            Options = new SiteOptions { WorkerName = "test", Keys = new SecretKeyRing(keys) },
        });

    public static async Task<string> StoredAsync(this TestSite site, ElementId element) => Encoding.UTF8.GetString(
        (await site.Store.Directory.FindAsync(ElementRef.Of(element), default))!.Data.Span);
}

internal sealed record Purchase(Buyer Buyer, IReadOnlyList<Card> Others);

internal sealed record Buyer(string Name, Card Card);

internal sealed record Card(string Number, string Holder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Purchase))]
internal sealed partial class SecretJson : JsonSerializerContext;
