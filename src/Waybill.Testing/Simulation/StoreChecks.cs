using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>What must hold in the store at every moment.</summary>
internal static class StoreChecks
{
    public static void Run(World world)
    {
        MemoryState state = world.Store.State;
        ILookup<ElementId, int> applied = ChangeChecks.Applied(state);
        foreach (MemoryElement element in state.Elements.Values)
        {
            string? found = Fault(state, element) ?? ChangeChecks.Fault(applied, element.Id, element.Data);
            if (found is { } fault)
                world.Violated($"{World.NumberOf(element.Id)}:{element.Hop} at {element.Node}: {fault}");
        }

        foreach (IGrouping<LineAddress?, MemoryElement> line in state.Elements.Values
            .Where(element => element.Place.Line is not null).GroupBy(element => element.Place.Line))
            CheckLine(world, [.. line.OrderBy(element => element.Place.LineNumber)]);
        world.Operators.Look();
    }

    private static string? Fault(MemoryState state, MemoryElement element)
    {
        MemoryPlace place = element.Place;
        bool isOwned = place.State == ElementState.Owned;
        if (isOwned != place.Owner.HasValue)
            return $"{place.State}, yet its owner is {place.Owner}";
        if (!isOwned && !place.Node.Equals(element.Node))
            return $"its place is at {place.Node}";
        if ((place.State == ElementState.Held) != (element.Held is not null))
            return $"{place.State}, yet in the table of its queue: {element.Held is not null}";
        if (place.State == ElementState.Held && element.Held!.Row.Group != Plan.LaneOf(Trip.Read(element.Data)))
            return $"held in group {element.Held.Row.Group}, which its data does not say";
        if ((place.State == ElementState.Batched) != place.Batch.HasValue)
            return $"{place.State}, yet its batch is {place.Batch}";
        if (place.Batch is { } wave && state.Find(ElementRef.Of(wave)) is null)
            return $"a member of wave {World.NumberOf(wave)}, which has ended";
        if ((place.State == ElementState.Sidelined) != (element.Sidelined is not null))
            return $"{place.State}, yet on the list of the sidelined: {element.Sidelined is not null}";
        int inFlight = place.State != ElementState.Calling
            ? 0
            : state.CalledBy(element).Count(called => called.Caller!.Hop == place.Hop);
        return place.State == ElementState.Calling && inFlight != place.PendingCalls
            ? $"waits for {place.PendingCalls} calls, {inFlight} are in flight"
            : null;
    }

    private static void CheckLine(World world, MemoryElement[] line)
    {
        if (line[0].Place.State == ElementState.Blocked)
            world.Violated($"{World.NumberOf(line[0].Id)} is blocked although it is the first of its line");
        foreach (MemoryElement element in line.Skip(1).Where(element => element.Place.Cancel == CancelMark.None))
        {
            if (element.Place.State is ElementState.Ready or ElementState.Delayed or ElementState.Owned)
                world.Violated($"{World.NumberOf(element.Id)} is {element.Place.State}, and others stand before it");
        }
    }
}
