namespace Waybill.Testing.Simulation;

/// <summary>What remote workers bring: the next step of an element's plan, as a route of their protocol.</summary>
internal static class RemoteTrips
{
    /// <param name="work">What the worker was given.</param>
    /// <param name="stamp">What the worker puts on the data.</param>
    /// <param name="now">The present of who gave it.</param>
    public static RemoteRoute RouteOf(RemoteWork work, int stamp, DateTimeOffset now)
    {
        Trip trip = Trip.Read(work.Data);
        Step step = Plan.StepOf(trip);
        // A result would bear no stamp: the last step is left to another node.
        Trip next = trip with { Step = step is Step.Finish or Step.Fail ? trip.Step : trip.Step + 1, Stamp = stamp };
        RemoteRoute route = new() { To = NodeOf(step).Name, Data = next.ToElement() };
        return step switch
        {
            Step.HoldLater => route with { WaitSeconds = Plan.Mixed(trip.Plan, 5, 1000) / 1000.0 },
            Step.Wait => route with { WaitSeconds = Plan.Mixed(trip.Plan, 5, 3000) / 1000.0 },
            Step.AwaitSignal => route with { Signal = Trips.Go.Name },
            Step.AwaitSignalForAWhile => route with { Signal = Trips.Go.Name, WaitUntil = now.AddSeconds(2) },
            Step.Call => route with { Calls = [Called(trip, 0)] },
            Step.Fork => route with { Calls = Forked(trip) },
            Step.ForkImpatiently => route with { Calls = Forked(trip), Join = JoinMode.AllOrFirstFailure },
            _ => route,
        };
    }

    private static Node NodeOf(Step step) => step switch
    {
        Step.Beta or Step.Wait => Trips.Beta,
        Step.Ordered or Step.OrderedAgain => Trips.Ordered,
        Step.Batch => Trips.Batch,
        Step.Paced => Trips.Paced,
        Step.Risky => Trips.Risky,
        Step.Afar => Trips.Afar,
        Step.Hold or Step.HoldLater => Trips.Shelf,
        Step.AwaitSignal or Step.AwaitSignalForAWhile => Trips.Signalled,
        Step.Call or Step.Fork or Step.ForkImpatiently => Trips.Joined,
        _ => Trips.Alpha,
    };

    private static RemoteCall[] Forked(Trip trip) =>
        [.. Enumerable.Range(0, Plan.CallsOf(trip)).Select(call => Called(trip, call))];

    private static RemoteCall Called(Trip trip, int call) => new(
        Trips.Errands.Name, new Trip(Plan.CalledPlan(trip, call), trip.Depth + 1, 0).ToElement());
}
