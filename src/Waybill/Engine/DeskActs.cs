using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Carries out a person's decisions on elements that wait, with answers to the changes that are pending there.
/// </summary>
internal sealed class DeskActs(SiteDefinition site)
{
    private readonly ChangeJudge judge = new(site);
    private readonly FactsWriter facts = new(site);

    /// <param name="hops">The decisions.</param>
    /// <param name="act">Writes them to the store.</param>
    /// <returns>How many were applied.</returns>
    public async Task<int> CarryOutAsync(
        IReadOnlyList<Hop> hops, Func<IReadOnlyList<Hop>, Task<IReadOnlyList<HopOutcome>>> act)
    {
        int applied = 0;
        IReadOnlyList<Hop> tried = hops;
        while (tried.Count > 0)
        {
            IReadOnlyList<HopOutcome> outcomes = await act([.. tried.Select(facts.Told)]);
            applied += outcomes.Count(outcome => outcome.Status == HopStatus.Applied);
            (Hop Hop, HopOutcome Outcome)[] heldUp =
                [.. hops.Zip(outcomes).Where(one => one.Second.Status == HopStatus.ChangePending)];
            hops = [.. heldUp.Select(one => one.Hop)];
            tried = [.. heldUp.Select(one => judge.Answered(one.Hop, one.Outcome.Changes!))];
        }

        return applied;
    }
}
