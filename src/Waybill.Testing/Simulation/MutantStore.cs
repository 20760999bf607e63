using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>A bug that is put in on purpose, to see whether the simulation finds it.</summary>
internal enum Mutation
{
    None,

    /// <summary>A hop is applied whatever hop number the element has.</summary>
    SkipHopFence,

    /// <summary>A hop is applied whether or not its worker's epoch has ended.</summary>
    SkipEpochFence,

    /// <summary>A commit is acknowledged and not applied.</summary>
    AcknowledgeUnapplied,

    /// <summary>A commit is applied and reported as not applied.</summary>
    DropAcknowledgement,

    /// <summary>A commit is applied and reported as refused.</summary>
    RefuseApplied,

    /// <summary>Elements of the dead go back to where they were claimed, not to where they have got to.</summary>
    ReclaimToOldNode,

    /// <summary>What a remote worker brings is taken whatever lease it has.</summary>
    SkipLease,

    /// <summary>The journal is read by the last number seen, past rows that are not yet to be seen.</summary>
    JournalBySequence,

    /// <summary>A join goes off once more.</summary>
    JoinTwice,

    /// <summary>A line goes on past a sidelined element.</summary>
    LineIgnoresSidelined,

    /// <summary>A rule releases whether or not it is still true.</summary>
    ReleaseIgnoresGate,

    /// <summary>Rules go by a clock that is ahead of the store's.</summary>
    RulesTooEarly,

    /// <summary>A release takes a member of another wave along.</summary>
    ReleaseTakesMember,

    /// <summary>A member goes on without its wave's reply.</summary>
    MemberReplyLost,

    /// <summary>Data is amended whatever it has become since it was read.</summary>
    SkipRevisionFence,

    /// <summary>A change stays pending where it has been applied.</summary>
    AnswerTwice,

    /// <summary>A change that was withdrawn stays pending.</summary>
    WithdrawLeavesMarks,

    /// <summary>What an element calls does not inherit its pending changes.</summary>
    CalledForgetChanges,

    /// <summary>A change of a wave does not reach its members.</summary>
    ChangeSkipsMembers,

    /// <summary>A process reads nothing of what operators say of nodes.</summary>
    ControlsForgotten,

    /// <summary>An element ends, and what was pending there has no outcome.</summary>
    EndForgetsChanges,
}

/// <summary>The store in memory with a bug put in.</summary>
internal static class MutantStore
{
    public static ISiteStore Of(MemoryStore store, Mutation mutation, Random chance) => mutation switch
    {
        Mutation.None or Mutation.JournalBySequence or Mutation.SkipLease => store,
        Mutation.ReleaseIgnoresGate or Mutation.ReleaseTakesMember =>
            new StoreLayer(store) { Held = new MutantHeld(store, mutation) },
        Mutation.AnswerTwice or Mutation.WithdrawLeavesMarks or Mutation.ChangeSkipsMembers =>
            new StoreLayer(store) { Changes = new MutantChanges(store, mutation) },
        Mutation.RulesTooEarly => new StoreLayer(store) { Ahead = TimeSpan.FromSeconds(1) },
        Mutation.ControlsForgotten => new StoreLayer(store) { Records = new MutantRecords(store, chance) },
        Mutation.SkipRevisionFence => new StoreLayer(store)
        {
            Held = new MutantHeld(store, mutation),
            Changes = new MutantChanges(store, mutation),
        },
        Mutation.ReclaimToOldNode => new StoreLayer(store) { Workers = new ForgetfulWorkers(store) },
        _ => new StoreLayer(store) { Elements = new MutantCommits(store, mutation, chance) },
    };

    private sealed class MutantCommits(MemoryStore store, Mutation mutation, Random chance)
        : CommitLayer(store.Elements)
    {
        private const double BugChance = 0.03;

        public override async Task<IReadOnlyList<HopOutcome>> CommitAsync(
            WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
        {
            switch (mutation)
            {
                case Mutation.SkipHopFence:
                    return await Inner.CommitAsync(epoch, [.. hops.Select(AtPresentHop)], cancel);
                case Mutation.SkipEpochFence when !store.State.IsLive(epoch):
                    return await CommitAsDeadAsync(epoch, hops, cancel);
                case Mutation.AcknowledgeUnapplied when chance.NextDouble() < BugChance:
                    return [.. hops.Select(_ => HopOutcome.Applied)];
            }

            IReadOnlyList<HopOutcome> outcomes = await Inner.CommitAsync(epoch, hops, cancel);
            if (mutation == Mutation.DropAcknowledgement && chance.NextDouble() < BugChance)
                throw new StoreUnavailableException("Not written, says the bug.");
            if (mutation == Mutation.RefuseApplied && chance.NextDouble() < BugChance)
                throw new InvalidOperationException("Refused, says the bug.");
            foreach ((Hop hop, HopOutcome outcome) in hops.Zip(outcomes))
            {
                if (outcome.Status == HopStatus.Applied)
                    After(hop);
            }

            return outcomes;
        }

        private Hop AtPresentHop(Hop hop) =>
            store.State.Find(hop.Key) is { } element ? hop with { From = element.Hop } : hop;

        private async Task<IReadOnlyList<HopOutcome>> CommitAsDeadAsync(
            WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
        {
            MemoryWorker undead = new() { Name = "undead", LeaseUntil = DateTimeOffset.MaxValue };
            store.State.Workers.Add(epoch.Value, undead);
            foreach (Hop hop in hops)
            {
                if (store.State.Find(hop.Key) is { } element)
                {
                    MemoryPlace taken = element.Place with { State = ElementState.Owned, Owner = epoch };
                    store.State.Queues.Put(element, taken);
                }
            }

            IReadOnlyList<HopOutcome> outcomes = await Inner.CommitAsync(epoch, hops, cancel);
            store.State.Workers.Remove(epoch.Value);
            return outcomes;
        }

        private void After(Hop hop)
        {
            if (mutation == Mutation.JoinTwice && hop is { To: Destination.End, Caller: { } caller }
                && store.State.Find(caller.Key) is { Place.State: ElementState.Ready } returned)
                store.State.Write(JournalKind.Returned, returned);
            if (mutation == Mutation.LineIgnoresSidelined && hop.To is Destination.Sideline
                && store.State.Find(hop.Key)?.Place.Line is { } line)
                LetNextGo(line);
            if (mutation == Mutation.MemberReplyLost && hop.To is Destination.End)
                LoseReplies();
            if (mutation == Mutation.CalledForgetChanges && hop.To is Destination.Calls calls)
                MutantChanges.ForgetInherited(store.State, calls);
            if (mutation == Mutation.EndForgetsChanges && hop.To is Destination.End)
                ForgetOutcomes(hop.Id);
        }

        private void LoseReplies()
        {
            foreach (MemoryElement member in store.State.Elements.Values.Where(element =>
                element.Node.Node == Trips.Unpacked.Name && element.Place.State == ElementState.Ready))
                member.Replies.Clear();
        }

        private void ForgetOutcomes(ElementId element)
        {
            foreach (MemoryRequest request in store.State.Ledger.Requests.Values)
            {
                request.Outcomes.RemoveAll(outcome =>
                    outcome.Element == element && outcome.Outcome == ChangeOutcome.TooLate);
            }
        }

        private void LetNextGo(LineAddress line)
        {
            MemoryElement? next = store.State.Elements.Values
                .Where(element => element.Place.Line == line && element.Place.State == ElementState.Blocked)
                .MinBy(element => element.Place.LineNumber);
            if (next is not null)
                store.State.Queues.Put(next, next.Place with { State = ElementState.Ready });
        }
    }

    private sealed class ForgetfulWorkers(MemoryStore store) : IWorkerStore
    {
        private readonly IWorkerStore inner = store.Workers;

        public Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel) =>
            inner.RegisterAsync(name, lease, cancel);

        public Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel) =>
            inner.RenewAsync(epoch, lease, cancel);

        public async Task<int> ReclaimAsync(int max, CancellationToken cancel)
        {
            (MemoryElement Element, NodeAddress Node)[] owned =
            [
                .. store.State.Elements.Values
                    .Where(element => element.Place.State == ElementState.Owned)
                    .Select(element => (element, element.Place.Node)),
            ];
            int returned = await inner.ReclaimAsync(max, cancel);
            foreach ((MemoryElement element, NodeAddress node) in owned)
            {
                if (element.Place.State == ElementState.Ready)
                    store.State.Queues.Put(element, element.Place with { Node = node });
            }

            return returned;
        }

        public Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel) => inner.LeaveAsync(epoch, cancel);

        public Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel) => inner.ListAsync(cancel);
    }
}
