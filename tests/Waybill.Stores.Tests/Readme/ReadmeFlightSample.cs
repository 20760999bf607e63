using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Hosting;
using Waybill.Sqlite;

namespace Waybill.Stores.Tests.Readme;

public sealed record Shipment(
    string Centre, string ShipMethod, string Zone, DateTimeOffset PromisedBy, int WeightGrams, string Street);

public sealed record NewAddress(string Street);

public sealed record Wave(string? Picklist);

public static class Waves
{
    public static readonly Node<Wave> Walk = new("walk");

    public static Workflow<Wave, string> Workflow { get; } = Workflow<Wave, string>
        .Named("waves")
        .StartsAt(Walk)
        .Node(Walk, n => n.Run(wave => Route.Finish("walked")).Finishes());
}

public static class Shipments
{
    public static readonly Node<Shipment> Picklist = new("picklist");
    public static readonly Node<Shipment, string> Picked = new("picked");
    public static readonly Node<Shipment> Ship = new("ship");

    public static readonly Change<NewAddress> Address = new("address");

    public static Workflow<Shipment, string> Workflow { get; } = Workflow<Shipment, string>
        .Named("shipments")
        .StartsAt(Picklist)
        .Changes(Address, c => c
            .AcceptedAt<Shipment>([Picklist, Picked], (s, change) => Changed.To(s with { Street = change.Street }))
            .TooLateFrom(Ship))
        .Holds(Picklist, h => h
            .GroupBy(s => $"{s.Centre}/{s.ShipMethod}")
            .Columns(s => new { s.Zone, s.PromisedBy, s.WeightGrams })
            .ReleasesTo(Waves.Workflow, release => new Wave(release.Group), resumesAt: Picked)
            .WhenCount(40).WhenSum(s => s.WeightGrams, 500_000).WhenOldest(TimeSpan.FromMinutes(30)))
        .Node(Picked, n => n.Run((shipment, _) => Route.To(Ship, shipment.Data)).GoesTo(Ship))
        .Node(Ship, n => n.Run(shipment => Route.Finish(shipment.Data.Street)).Finishes());
}

public sealed class ReadmeFlightSample
{
    [Fact]
    public async Task A_held_shipment_is_changed_and_released_as_the_readme_shows()
    {
        string folder = Directory.CreateTempSubdirectory("waybill-readme-").FullName;
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        string file = Path.Combine(folder, "shipments.db");
        builder.Services.AddWaybill(site => site.UseSqlite(file).Add(Waves.Workflow, Shipments.Workflow));
        using (IHost host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            SiteClient client = host.Services.GetRequiredService<SiteClient>();
            Ticket<string> ticket = await client.SubmitAsync(
                Shipments.Workflow, "shipment-7", new Shipment("Leeds", "express", "A", default, 700, "5 Mil Lane"));

            ElementRef shipment = ElementRef.Of("shipments", "shipment-7");
            ChangeResult result = await client.Changes.ApplyAsync(
                shipment, Shipments.Address, new NewAddress("5 Mill Lane"), new Actor("iris", "mistyped"),
                TimeSpan.FromSeconds(20));

            HeldDesk<Shipment> picklist = client.Held(Shipments.Workflow, Shipments.Picklist);
            await picklist.ReleaseAsync(
                picklist.Where(s => s.Zone == "A" && s.WeightGrams >= 500), new Actor("mara", "truck is early"));

            Assert.Equal(ChangeResultStatus.Applied, result.Status);
            Assert.Equal("5 Mill Lane", (await client.WaitAsync(ticket)).Result);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Directory.Delete(folder, recursive: true);
    }
}
