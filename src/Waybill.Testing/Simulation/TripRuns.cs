using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// The code of all nodes in one process: follows the element's plan, and succeeds, fails, lingers or hangs by chance.
/// </summary>
internal sealed class TripRuns(World world, SimulatedProcess process)
{
    public ValueTask<Route> RunAsync(Element<Trip> element, CancellationToken cancel)
    {
        Began(element);
        return LiveAsync(element.Header, () => Next(element), cancel);
    }

    public ValueTask<Route> JoinAsync(Element<Trip> element, Replies<int> replies, CancellationToken cancel)
    {
        world.Ledger.Joined(element, replies);
        return RunAsync(element, cancel);
    }

    public ValueTask<Route> ResumeAsync(Element<Trip> element, Replies<int> replies, CancellationToken cancel)
    {
        world.Ledger.Resumed(element, replies);
        return RunAsync(element, cancel);
    }

    public ValueTask<Route> UnpackAsync(Element<Trip> element, Replies<int> replies, CancellationToken cancel)
    {
        world.Waves.Unpacked(element, replies);
        return RunAsync(element, cancel);
    }

    /// <summary>A wave looks at its members and lets some of them go.</summary>
    public async ValueTask<Route> GatherAsync(Element<Trip> wave, CancellationToken cancel)
    {
        Began(wave);
        int plan = wave.Data.Plan;
        TimeSpan pause = TimeSpan.FromMilliseconds(Plan.Mixed(plan, 5, 1500));
        Route route = Route.Wait(Trips.Close, wave.Data with { Step = 1 }, pause);
        await foreach (BatchMember<Trip> member in wave.MembersAsync<Trip>(cancel))
        {
            long number = World.NumberOf(member.Id);
            route = Plan.FateOf(plan, number) switch
            {
                MemberFate.IsDoneEarly => route.MemberDone(member.Id, Plan.MemberResultOf(plan, number)),
                MemberFate.Fails => route.MemberFails(member.Id, "as planned for it"),
                _ => route,
            };
        }

        return await LiveAsync(wave.Header, () => Marked(wave, route), cancel);
    }

    public ValueTask<Route> CloseAsync(Element<Trip> wave, CancellationToken cancel)
    {
        Began(wave);
        Route end = Plan.WaveFails(wave.Data.Plan)
            ? Route.Fail("as planned")
            : Route.Finish(Plan.ResultOf(wave.Data.Plan));
        return LiveAsync(wave.Header, () => Marked(wave, end), cancel);
    }

    public ValueTask<Route> UndoAsync(Element<Trip> element, CancellationToken cancel)
    {
        Began(element);
        return LiveAsync(element.Header, () => Marked(element, Route.Finish(Plan.Undone)), cancel);
    }

    public async ValueTask<IReadOnlyList<Route>> RunBatchAsync(
        IReadOnlyList<Element<Trip>> elements, CancellationToken cancel)
    {
        foreach (Element<Trip> element in elements)
            Began(element);
        await LiveAsync(elements[0].Header, () => Route.Fail("only to end the run"), cancel);
        return [.. elements.Select(Next)];
    }

    private void Began(Element<Trip> element)
    {
        world.Ledger.Began(element);
        world.Operators.Began(process, element.Node);
    }

    /// <summary>Lives through a run: at once, or until the simulation ends it; well, or not.</summary>
    private ValueTask<Route> LiveAsync(ElementHeader header, Func<Route> route, CancellationToken cancel)
    {
        string run = $"{World.NumberOf(header.Id)}:{header.Hop} at {header.Node}, attempt {header.Attempt}";
        world.Trace($"{process.Name} runs {run}");
        double chance = world.IsCalm ? 1 : world.Chance.NextDouble();
        switch (chance)
        {
            case < 0.06:
                world.Fired(FaultKind.RunThrew, process.Name);
                throw new InvalidOperationException("by chance");
            case < 0.08:
                world.Fired(FaultKind.RunBroken, process.Name);
                return default;
            case < 0.10:
                world.Fired(FaultKind.RunHung, process.Name);
                return new ValueTask<Route>(new TaskCompletionSource<Route>().Task);
            case < 0.35:
                return new ValueTask<Route>(Open(route, hearsCancel: chance < 0.2, fails: chance < 0.13, cancel));
            default:
                return ValueTask.FromResult(route());
        }
    }

    private Task<Route> Open(Func<Route> route, bool hearsCancel, bool fails, CancellationToken cancel)
    {
        TaskCompletionSource<Route> run = new();
        if (hearsCancel)
            cancel.Register(() => run.TrySetCanceled(cancel));
        process.OpenRuns.Add(() =>
        {
            if (fails)
                run.TrySetException(new InvalidOperationException("by chance, later"));
            else
                run.TrySetResult(route());
        });
        return run.Task;
    }

    private Route Next(Element<Trip> element)
    {
        Trip trip = element.Data;
        Trip next = trip with { Step = trip.Step + 1 };
        Route route = Plan.StepOf(trip) switch
        {
            Step.Alpha => Route.To(Trips.Alpha, next),
            Step.Beta => Route.To(Trips.Beta, next),
            Step.Ordered or Step.OrderedAgain => Route.To(Trips.Ordered, next),
            Step.Batch => Route.To(Trips.Batch, next),
            Step.Paced => Route.To(Trips.Paced, next),
            Step.Risky => Route.To(Trips.Risky, next),
            Step.Afar => Route.To(Trips.Afar, next),
            Step.Hold => Route.To(Trips.Shelf, next),
            Step.HoldLater => Route.Wait(
                Trips.Shelf, next, TimeSpan.FromMilliseconds(Plan.Mixed(trip.Plan, 5, 1000))),
            Step.Wait => Route.Wait(Trips.Beta, next, TimeSpan.FromMilliseconds(Plan.Mixed(trip.Plan, 5, 3000))),
            Step.AwaitSignal => Route.WaitFor(Trips.Go, Trips.Signalled, next),
            Step.AwaitSignalForAWhile => Route.WaitFor(
                Trips.Go, Trips.Signalled, next, process.Time.GetUtcNow() + TimeSpan.FromSeconds(2)),
            Step.Call => Route.Call(Called(trip, 0), Trips.Joined, next),
            Step.Fork => Fork(trip, next, JoinMode.All),
            Step.ForkImpatiently => Fork(trip, next, JoinMode.AllOrFirstFailure),
            Step.Fail => Route.Fail("as planned"),
            _ => Route.Finish(Plan.ResultOf(trip.Plan)),
        };
        return Marked(element, route);
    }

    private static Route Fork(Trip trip, Trip next, JoinMode join) => Route.Fork(
        Enumerable.Range(0, Plan.CallsOf(trip)).Select(call => Called(trip, call)), Trips.Joined, next, join);

    private static Call<int> Called(Trip trip, int call) =>
        Trips.Errands.Call(new Trip(Plan.CalledPlan(trip, call), trip.Depth + 1, 0));

    /// <summary>Attaches what shall happen exactly once, and now and then a write that is refused.</summary>
    private Route Marked(Element<Trip> element, Route route)
    {
        route = route.With(MemoryWrite.Add(Ledger.EffectOf(element.Id, element.Hop), 1));
        if (!world.Happens(0.03))
            return route;
        world.Fired(FaultKind.WriteRefused, process.Name);
        return route.With(MemoryWrite.Refuse("by chance"));
    }
}
