namespace Waybill.Testing.Simulation;

/// <summary>
/// A worker outside of all processes: it leases work, beats, brings routes and failures, once, twice and too late,
/// forgets what it has, stands still beyond its leases, and does not get every answer.
/// </summary>
internal sealed class RemoteWorker(World world, RemoteWorkers all, string name)
{
    private static readonly RemoteNodeName[] Nodes =
        [new("trips", null, Trips.Afar.Name), new("errands", null, Trips.Afar.Name)];

    private readonly List<Leased> held = [];
    private SimulatedProcess? asked;
    private TimeSpan standsUntil;

    public void Act(SimulatedProcess process)
    {
        if (world.Now < standsUntil)
            return;
        switch (world.Chance.Next(20))
        {
            case < 7:
                Claim(process);
                break;
            case < 11:
                Beat(process);
                break;
            case 11 when held.Count > 0:
                world.Fired(FaultKind.RemoteSilent, name);
                held.Remove(world.OneOf(held));
                break;
            case 12 when held.Count > 0:
                world.Fired(FaultKind.RemotePause, name);
                standsUntil = world.Now + (Trips.RemoteLease * (1.1 + world.Chance.NextDouble()));
                break;
            case > 12 when held.Count > 0:
                BringSome(process);
                break;
        }
    }

    /// <summary>Brings all that it has, and asks for more.</summary>
    public void Finish(SimulatedProcess process)
    {
        held.RemoveAll(leased => leased.Giver.IsDead);
        foreach (Leased leased in held.ToArray())
            Complete(leased, leased.Giver);
        Claim(process);
    }

    private void Claim(SimulatedProcess process)
    {
        if (asked is { IsDead: false })
            return;
        asked = process;
        world.Trace($"{name} asks {process.Name} for work");
        RemoteClaim claim = new()
        {
            Worker = name,
            Nodes = Nodes,
            Max = world.Chance.Next(1, 4),
            Wait = TimeSpan.FromMilliseconds(world.Chance.Next(1000, 4000)),
        };
        process.Call(
            () => process.Remote.ClaimAsync(claim),
            call =>
            {
                asked = null;
                if (call.IsCompletedSuccessfully)
                    Take(process, ((Task<IReadOnlyList<RemoteWork>>)call).Result);
            });
    }

    private void Take(SimulatedProcess process, IReadOnlyList<RemoteWork> works)
    {
        bool isLost = IsAnswerLost();
        foreach (RemoteWork work in works)
        {
            world.Trace($"  {name} has {World.NumberOf(work.Id)}:{work.Hop} at {work.Node}, attempt {work.Attempt}");
            all.Given(process, work);
            if (!isLost)
                held.Add(new Leased(work, process));
        }
    }

    private void Beat(SimulatedProcess process)
    {
        world.Trace($"{name} beats at {process.Name}");
        Leased[] beaten = [.. held];
        IReadOnlyList<TimeSpan?> left = [];
        process.Do(() => left = process.Remote.Extend([.. beaten.Select(leased => leased.Work.Lease)]));
        foreach ((Leased leased, TimeSpan? span) in beaten.Zip(left))
        {
            if (span is not null && leased.Giver != process)
                world.Violated($"{process.Name} extends a lease that {leased.Giver.Name} gave");
            // Others hear that a lease is lost and bring their work all the same.
            if (span is null && leased.Giver == process && world.Chance.Next(2) == 0)
                held.Remove(leased);
        }
    }

    private void BringSome(SimulatedProcess process)
    {
        Leased leased = world.OneOf(held);
        bool reachesGiver = leased.Giver is { IsDead: false, IsPaused: false } && world.Chance.Next(8) != 0;
        SimulatedProcess reached = reachesGiver ? leased.Giver : process;
        if (world.Chance.Next(6) == 0)
            Fail(leased, reached);
        else
            Complete(leased, reached);
        if (reached.IsDead || world.Chance.Next(6) != 0)
            return;
        world.Fired(FaultKind.RemoteTwice, name);
        Complete(leased, reached);
    }

    private void Complete(Leased leased, SimulatedProcess process)
    {
        int stamp = all.Stamp(leased.Work);
        world.Trace($"{name} brings {stamp} for {World.NumberOf(leased.Work.Id)}:{leased.Work.Hop} to {process.Name}");
        RemoteRoute route = RemoteTrips.RouteOf(leased.Work, stamp, leased.Giver.Time.GetUtcNow());
        process.Call(
            () => process.Remote.CompleteAsync(all.LeaseAt(process, leased.Work), route),
            call => Hear(leased, process, call));
    }

    private void Fail(Leased leased, SimulatedProcess process)
    {
        world.Trace($"{name} fails {World.NumberOf(leased.Work.Id)}:{leased.Work.Hop} at {process.Name}");
        RemoteFailure failure = new("by chance, far away", Retry: world.Chance.Next(8) != 0);
        process.Call(
            () => process.Remote.FailAsync(all.LeaseAt(process, leased.Work), failure),
            call => Hear(leased, process, call));
    }

    private void Hear(Leased leased, SimulatedProcess process, Task call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            world.Violated($"{name} was told nothing but {call.Exception}");
            return;
        }

        RemoteAnswer answer = ((Task<RemoteAnswer>)call).Result;
        if (IsAnswerLost())
            return;
        if (leased.Giver != process && answer.Outcome == RemoteOutcome.Elsewhere)
        {
            world.Met(Occasion.RemoteElsewhere);
            return;
        }

        all.Told(leased.Work, answer, leased.Told);
        leased.Told = answer.Outcome;
        // Now and then it does not believe its ears, and asks again.
        if (world.IsCalm || world.Chance.Next(4) != 0)
            held.Remove(leased);
    }

    private bool IsAnswerLost()
    {
        if (!world.Happens(0.1))
            return false;
        world.Fired(FaultKind.RemoteAnswerLost, name);
        return true;
    }

    private sealed class Leased(RemoteWork work, SimulatedProcess giver)
    {
        public RemoteWork Work => work;

        public SimulatedProcess Giver => giver;

        /// <summary>What the giver said of it.</summary>
        public RemoteOutcome? Told { get; set; }
    }
}
