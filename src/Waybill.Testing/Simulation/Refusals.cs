using Waybill.Engine;
using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Commits that the store refuses as a whole, so that certainly nothing of them happened: one commit once, by chance,
/// or each commit that one hop is in, until that hop is found and sidelined.
/// </summary>
internal sealed class Refusals(World world)
{
    private readonly HashSet<(ElementId Element, int From)> poison = [];
    private readonly HashSet<(ElementId Element, int From)> refusedAlone = [];

    /// <summary>Refuses a commit, or lets it pass.</summary>
    /// <exception cref="InvalidOperationException">The store refuses it.</exception>
    public void Judge(IReadOnlyList<Hop> hops)
    {
        foreach (Hop hop in hops)
            CheckCulprit(hop);
        if (world.Happens(0.004 * world.Harshness))
            Poison(world.OneOf(hops));
        if (hops.FirstOrDefault(IsPoison) is { } culprit)
            Refuse(FaultKind.HopRefused, hops, $"{World.NumberOf(culprit.Id)}:{culprit.From}");
        if (world.Happens(0.02 * world.Harshness))
            Refuse(FaultKind.CommitRefused, hops, $"{hops.Count} hops");
    }

    private void Poison(Hop hop)
    {
        // Of one that cannot even be sidelined nothing more could be expected.
        if (hop.Kind != JournalKind.Sidelined)
            poison.Add((hop.Id, hop.From));
    }

    private bool IsPoison(Hop hop) =>
        !world.IsCalm && hop.Kind != JournalKind.Sidelined && poison.Contains((hop.Id, hop.From));

    private void Refuse(FaultKind kind, IReadOnlyList<Hop> hops, string what)
    {
        world.Fired(kind, what);
        if (hops is [var alone])
            refusedAlone.Add((alone.Id, alone.From));
        throw new InvalidOperationException("The store refuses this, by chance.");
    }

    /// <summary>The others of a refused commit do not suffer for the one that it was refused for.</summary>
    private void CheckCulprit(Hop hop)
    {
        bool isBlamed = hop.To is Destination.Sideline { Failure.Type: HopBuilder.StoreRefused };
        if (isBlamed && !refusedAlone.Contains((hop.Id, hop.From)))
            world.Violated($"{World.NumberOf(hop.Id)}:{hop.From} is sidelined for a commit that others spoiled");
        if (isBlamed)
            world.Met(Occasion.SidelinedForRefusal);
    }
}
