using Waybill.Definition;
using Waybill.Stores;

namespace Waybill;

/// <summary>Says what became of a change at a node that accepts it.</summary>
public static class Changed
{
    /// <summary>It applies.</summary>
    /// <param name="data">The element's data with the change.</param>
    /// <typeparam name="TData">The node's data.</typeparam>
    public static Changed<TData> To<TData>(TData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new Changed<TData>(new ChangeEffect(ChangeVerdict.Applies, data, null));
    }

    /// <summary>It is refused, for good.</summary>
    /// <param name="reason">Why, for people; kept in the ledger.</param>
    public static Refusal Rejected(string reason) => Refusal.Of(ChangeVerdict.Rejects, reason);

    /// <summary>It comes too late, by what the data says.</summary>
    /// <param name="reason">Why, for people; kept in the ledger.</param>
    public static Refusal TooLate(string reason) => Refusal.Of(ChangeVerdict.ComesTooLate, reason);
}

/// <summary>What became of a change at a node that accepts it.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
public sealed class Changed<TData>
{
    internal Changed(ChangeEffect effect) => Effect = effect;

    internal ChangeEffect Effect { get; }

    /// <summary>A refusal at a node of any data.</summary>
    /// <param name="refusal">The refusal.</param>
    public static implicit operator Changed<TData>(Refusal refusal) => new(refusal.Effect);
}

/// <summary>A change that is not applied, and why.</summary>
public sealed class Refusal
{
    private Refusal(ChangeEffect effect) => Effect = effect;

    internal ChangeEffect Effect { get; }

    internal static Refusal Of(ChangeVerdict verdict, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new Refusal(new ChangeEffect(verdict, null, reason));
    }
}
