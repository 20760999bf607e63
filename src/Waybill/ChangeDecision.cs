using Waybill.Definition;
using Waybill.Stores;

namespace Waybill;

/// <summary>Says what a coordinator decides about a change.</summary>
public static class ChangeDecision
{
    /// <summary>It applies to the coordinator's own data, and goes nowhere else.</summary>
    /// <param name="data">The data with the change.</param>
    /// <typeparam name="TData">The data.</typeparam>
    public static ChangeDecision<TData> Applies<TData>(TData data) => Of(ChangeVerdict.Applies, data);

    /// <summary>
    /// It applies to the coordinator's own data, and is put to all that the element called, each of which has an
    /// outcome of its own.
    /// </summary>
    /// <param name="data">The data with the change.</param>
    /// <typeparam name="TData">The data.</typeparam>
    public static ChangeDecision<TData> AppliesAndForwards<TData>(TData data) =>
        Of(ChangeVerdict.AppliesAndSpreads, data);

    /// <summary>
    /// It is put to all that the element called, and the coordinator has no outcome of its own. While nothing that it
    /// called is in flight, the change stays pending, and is put to the coordinator again at its next hop.
    /// </summary>
    public static Forwarding Forwards() => new();

    /// <summary>It is refused, for good.</summary>
    /// <param name="reason">Why, for people; kept in the ledger.</param>
    public static Refusal Rejects(string reason) => Refusal.Of(ChangeVerdict.Rejects, reason);

    /// <summary>It comes too late.</summary>
    /// <param name="reason">Why, for people; kept in the ledger.</param>
    public static Refusal ComesTooLate(string reason) => Refusal.Of(ChangeVerdict.ComesTooLate, reason);

    private static ChangeDecision<TData> Of<TData>(ChangeVerdict verdict, TData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new ChangeDecision<TData>(new ChangeEffect(verdict, data, null));
    }
}

/// <summary>What a coordinator decides about a change.</summary>
/// <typeparam name="TData">The coordinator's data.</typeparam>
public sealed class ChangeDecision<TData>
{
    internal ChangeDecision(ChangeEffect effect) => Effect = effect;

    internal ChangeEffect Effect { get; }

    /// <summary>A refusal by a coordinator of any data.</summary>
    /// <param name="refusal">The refusal.</param>
    public static implicit operator ChangeDecision<TData>(Refusal refusal) => new(refusal.Effect);

    /// <summary>A change that a coordinator of any data only passes on.</summary>
    /// <param name="forwarding">What <see cref="ChangeDecision.Forwards"/> gave.</param>
    public static implicit operator ChangeDecision<TData>(Forwarding forwarding) => new(Forwarding.Effect);
}

/// <summary>A change that is only passed on.</summary>
public sealed class Forwarding
{
    internal Forwarding()
    {
    }

    internal static ChangeEffect Effect { get; } = new(ChangeVerdict.Spreads, null, null);
}

/// <summary>An element that a coordinator called and that is in flight.</summary>
/// <param name="Id">The element.</param>
/// <param name="BusinessKey">The key that the coordinator gave it.</param>
/// <param name="Node">Where it is.</param>
/// <param name="State">What it is doing.</param>
public sealed record CalledPart(ElementId Id, string BusinessKey, NodeAddress Node, ElementState State);
