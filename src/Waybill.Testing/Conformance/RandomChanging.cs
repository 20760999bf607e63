using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>Random change requests, answers to those that wait, and withdrawals.</summary>
internal sealed class RandomChanging(Random random)
{
    private static readonly string[] Types = ["address", "card", NewChange.CancelType];
    private static readonly string[] Workflows = ["orders:1", "orders:2", "payments:1", "payments:2"];

    private readonly List<NewChange> asked = [];

    /// <summary>Plans something; null when there is nothing that it could be done with.</summary>
    public async Task<PlannedCall?> NextAsync(RandomHops hops, ComparedStore model) => random.Next(10) switch
    {
        < 4 => Request(hops),
        < 9 => await ResolveAsync(hops, model),
        _ => Withdraw(hops),
    };

    private PlannedCall Request(RandomHops hops)
    {
        NewChange change = asked.Count > 0 && hops.OneIn(10) ? hops.Pick(asked) : New(hops);
        asked.Add(change);
        return new PlannedCall(
            $"request {change.Type} {VisibleState.Name(change.Id)} of {change.Target}, spreads {change.Spreads},"
            + $" concerns {string.Join(' ', change.Concerned)}, too late at {string.Join(' ', change.PastReturn)},"
            + $" bound {change.Bound}",
            async side => $"{await side.Store.Changes.RequestAsync(change, CancellationToken.None)}");
    }

    private NewChange New(RandomHops hops) => new()
    {
        Id = new ChangeId(hops.NewId().Value),
        Type = hops.Pick(Types),
        Target = hops.Reference(),
        Payload = hops.Data(),
        Actor = new Actor("ann", hops.OneIn(2) ? "moved \"house\"" : null),
        Spreads = !hops.OneIn(3),
        Concerned = [.. Workflows.Where(_ => !hops.OneIn(4))],
        PastReturn = [.. Enumerable.Range(0, random.Next(3)).Select(_ => hops.Node()).Distinct()],
        Bound = hops.OneIn(5) ? hops.Span() : null,
    };

    // What is answered is found out from the model; the other store has to find the same, and to take the same answers.
    private async Task<PlannedCall?> ResolveAsync(RandomHops hops, ComparedStore model)
    {
        ChangeId? only = asked.Count > 0 && hops.OneIn(4) ? hops.Pick(asked).Id : null;
        IReadOnlyList<PendingChange> pending =
            await model.Store.Changes.PendingAsync(only, 10_000, CancellationToken.None);
        ChangeResolution[] plan =
        [
            .. pending.Where(_ => hops.OneIn(2)).DistinctBy(change => change.Element.Summary.Id)
                .Select(change => Resolution(hops, change)),
        ];
        string answers = string.Join(", ", plan.Select(one =>
            $"{VisibleState.Name(one.Answer.Change)} at {VisibleState.Name(one.Id)}@{one.Hop}.{one.Revision}"
            + $" {one.Answer.Verdict}"));
        return new PlannedCall($"look for pending changes, answer {answers}", async side =>
        {
            IReadOnlyList<PendingChange> found =
                await side.Store.Changes.PendingAsync(only, 10_000, CancellationToken.None);
            List<ChangeResolution> own = [];
            foreach (ChangeResolution resolution in plan)
            {
                await side.LearnAsync(resolution.Id);
                own.Add(resolution with { Key = side.KeyOf(resolution.Id) });
            }

            IReadOnlyList<bool> written = await side.Store.Changes.ResolveAsync(own, CancellationToken.None);
            return string.Join('\n', found.Select(VisibleState.Of).Order(StringComparer.Ordinal))
                + $"\n{string.Join(", ", written)}";
        });
    }

    private static ChangeResolution Resolution(RandomHops hops, PendingChange pending)
    {
        byte[] data = hops.Data();
        NodeAddress node = pending.Element.Summary.Node;
        QueueSlot? slot = pending.Element.Summary.State == ElementState.Held
            ? hops.Slot(node) with { Held = hops.Rows.Of(data) }
            : hops.OneIn(2) ? hops.Slot(node) : null;
        return new ChangeResolution
        {
            Key = 0,
            Id = pending.Element.Summary.Id,
            Hop = pending.Element.Summary.Hop - (hops.OneIn(10) ? 1 : 0),
            Revision = pending.Element.Revision + (hops.OneIn(10) ? 1 : 0),
            Answer = hops.Answer(pending.Change, pending.IsConcerned),
            Data = data,
            Slot = slot,
            Facts = hops.OneIn(2) ? """{"attributes":{"customer":"書"}}""" : null,
        };
    }

    private PlannedCall? Withdraw(RandomHops hops)
    {
        if (asked.Count == 0)
            return null;
        ChangeId change = hops.Pick(asked).Id;
        return new PlannedCall(
            $"withdraw {VisibleState.Name(change)}",
            async side => await side.Store.Changes.WithdrawAsync(change, CancellationToken.None) is { } record
                ? string.Join('\n', VisibleState.Of(side, record))
                : "unknown");
    }
}
