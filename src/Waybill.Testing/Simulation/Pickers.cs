using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Those who work with what is held: they release, move one to another group, and drop.</summary>
internal sealed class Pickers(World world)
{
    public void Act(SimulatedProcess process)
    {
        MemoryElement[] held =
            [.. world.Store.State.Elements.Values.Where(element => element.Place.State == ElementState.Held)];
        if (held.Length == 0)
            return;
        MemoryElement element = world.OneOf(held);
        HeldDesk<Trip> desk = (HeldDesk<Trip>)process.Client.Held(element.Node);
        int choice = world.Chance.Next(10);
        world.Trace($"{process.Name} picker does {choice} to {World.NumberOf(element.Id)}");
        process.Call(() => Act(desk, element, choice), _ => { });
    }

    private static Task Act(HeldDesk<Trip> desk, MemoryElement element, int choice)
    {
        HeldFilter onlyThis = new() { Ids = [element.Id] };
        int plan = Trip.Read(element.Data).Plan;
        return choice switch
        {
            < 3 => desk.ReleaseAsync(onlyThis, Clients.Operator),
            < 5 => desk.ReleaseAsync(new HeldFilter { Group = element.Held!.Row.Group }, Clients.Operator, max: 2),
            < 6 => desk.ReleaseAsync(desk.Where(trip => trip.Plan >= plan), Clients.Operator),
            < 8 => desk.AmendAsync(element.Id, trip => trip with { Lane = "lane 0" }, Clients.Operator),
            < 9 => desk.AmendAsync(element.Id, """{"lane":"lane 2"}""", Clients.Operator),
            _ => desk.DropAsync(onlyThis, Clients.Operator),
        };
    }
}
