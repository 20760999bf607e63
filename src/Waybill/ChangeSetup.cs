using Waybill.Definition;

namespace Waybill;

/// <summary>
/// Declares what a change means to a workflow: where it is accepted and how it applies, and from where it is too late.
/// Each method returns the same object, so that calls can be chained.
/// </summary>
/// <remarks>
/// A change is put to the element at the node where it is while nobody runs it, else at the node to which its next hop
/// takes it. Where a node neither accepts it nor is past the point of no return, the change stays pending and follows.
/// The functions given here must be pure: they can run several times for one change, with only the last result taken,
/// and in any process of the site. One that throws rejects the change with the error's message.
/// </remarks>
/// <typeparam name="TChange">What is asked for.</typeparam>
public sealed class ChangeSetup<TChange>
{
    internal ChangeSetup(Change<TChange> change) =>
        Draft = new ChangeDefinition { Type = change.Name, PayloadType = typeof(TChange) };

    internal ChangeDefinition Draft { get; private set; }

    /// <summary>
    /// Names nodes at which the change applies, and how. A run of such a node that failed may have acted on the data as
    /// it was: accept a change only where a later run mends that.
    /// </summary>
    /// <param name="nodes">Nodes of the same workflow; for nodes of other data, call this again.</param>
    /// <param name="apply">Makes the data with the change, or refuses.</param>
    /// <typeparam name="TData">The nodes' data.</typeparam>
    public ChangeSetup<TChange> AcceptedAt<TData>(
        IReadOnlyList<Node<TData>> nodes, Func<TData, TChange, Changed<TData>> apply)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(apply);
        return Set(Draft with
        {
            Acceptances =
            [
                .. Draft.Acceptances,
                new AcceptedChange([.. nodes], (data, change) => apply((TData)data, (TChange)change).Effect),
            ],
        });
    }

    /// <summary>
    /// Names every node that is past the point of no return: there the change is too late. An element that is on the
    /// way to such a node when the change reaches it counts as there.
    /// </summary>
    /// <param name="nodes">Nodes of the same workflow.</param>
    public ChangeSetup<TChange> TooLateFrom(params IReadOnlyList<Node> nodes) =>
        Set(Draft with { PastReturn = [.. Draft.PastReturn, .. nodes] });

    /// <summary>
    /// The workflow is a coordinator: wherever an element of it has this data, it decides itself about a change that is
    /// asked of it, and what it called hears of the change only when it forwards it.
    /// </summary>
    /// <remarks>
    /// Only for the workflow that the request is addressed to does deciding hold back what it called: when a request
    /// comes from above, because the head of the family does not decide, what this one called has it already, each
    /// part answers for itself, and this one decides about its own data. A coordinator that must decide for its parts
    /// below another one needs a head that decides as well, and forwards.
    /// </remarks>
    /// <param name="decide">
    /// Decides by the data, the change, and what the element called (or calls with this very hop). The parts can move
    /// on meanwhile; one to which a change is forwarded has an outcome of its own.
    /// </param>
    /// <typeparam name="TData">The data.</typeparam>
    public ChangeSetup<TChange> DecidedBy<TData>(
        Func<TData, TChange, IReadOnlyList<CalledPart>, ChangeDecision<TData>> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        return Set(Draft with
        {
            Deciders =
            [
                .. Draft.Deciders,
                new ChangeDecider(
                    typeof(TData), (data, change, parts) => decide((TData)data, (TChange)change, parts).Effect),
            ],
        });
    }

    private ChangeSetup<TChange> Set(ChangeDefinition draft)
    {
        Draft = draft;
        return this;
    }
}
