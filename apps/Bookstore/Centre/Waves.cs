using Bookstore.Outside;
using Waybill;

namespace Bookstore.Centre;

/// <summary>A pick wave: shipments of one centre and ship method whose books are picked in one walk.</summary>
/// <param name="Picklist">The centre and ship method; null when a clerk released shipments of several.</param>
/// <param name="ReleasedAt">When it was released.</param>
public sealed record Wave(string? Picklist, DateTimeOffset ReleasedAt);

/// <summary>What came of a wave, for each of its shipments.</summary>
/// <param name="Shipments">How many shipments it picked.</param>
/// <param name="Zones">The zones in the order in which they were walked.</param>
public sealed record WaveReport(int Shipments, string Zones);

/// <summary>One walk through the zones picks the books of all shipments of a wave.</summary>
public sealed class WalkShelves(Pace pace) : INode<Wave>
{
    private static readonly TimeSpan WalkTakes = TimeSpan.FromMilliseconds(40);

    public async ValueTask<Route> RunAsync(Element<Wave> element, CancellationToken cancel)
    {
        int shipments = 0;
        SortedSet<string> zones = new(StringComparer.Ordinal);
        await foreach (BatchMember<Shipment> member in element.MembersAsync<Shipment>(cancel))
        {
            shipments++;
            zones.UnionWith(member.Data.Lines.Select(line => Shelves.ZoneOf(line.Sku)));
        }

        await pace.TakeAsync(WalkTakes, cancel);
        return Route.Finish(new WaveReport(shipments, string.Join(' ', zones)));
    }
}
