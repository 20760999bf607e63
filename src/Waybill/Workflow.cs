using System.Linq.Expressions;
using Waybill.Definition;

namespace Waybill;

/// <summary>
/// A named, versioned set of nodes with one way in, a type that goes in and a type that comes out. Immutable: each
/// method returns a copy that says more. It is checked as a whole when a site starts (<see
/// cref="DefinitionException"/>).
/// </summary>
public abstract class Workflow
{
    private protected Workflow(string name, int version, WorkflowParts parts)
    {
        Name = Names.Checked(name, "workflow");
        Version = version >= 1
            ? version
            : throw new ArgumentOutOfRangeException(nameof(version), version, "Versions count from 1.");
        Parts = parts;
    }

    /// <summary>The name: 1 to 100 of the characters a-z, 0-9, '-' and '.'.</summary>
    public string Name { get; }

    /// <summary>
    /// The version, from 1. Elements stay on the version that they were accepted with, unless they are upgraded.
    /// </summary>
    public int Version { get; }

    /// <summary>What goes in.</summary>
    public abstract Type InputType { get; }

    /// <summary>What comes out.</summary>
    public abstract Type ResultType { get; }

    /// <summary>The names of the changes that its elements can be asked for in flight, besides a cancel.</summary>
    public IReadOnlyList<string> ChangeTypes => [.. Parts.Changes.Select(change => change.Type)];

    internal WorkflowParts Parts { get; }

    /// <summary><c>name:version</c>.</summary>
    public override string ToString() => $"{Name}:{Version}";
}

/// <inheritdoc/>
/// <typeparam name="TIn">What goes in.</typeparam>
/// <typeparam name="TOut">What comes out.</typeparam>
public sealed class Workflow<TIn, TOut> : Workflow
{
    private Workflow(string name, int version, WorkflowParts parts)
        : base(name, version, parts)
    {
    }

    /// <inheritdoc/>
    public override Type InputType => typeof(TIn);

    /// <inheritdoc/>
    public override Type ResultType => typeof(TOut);

    /// <summary>Begins a definition.</summary>
    /// <param name="name">1 to 100 of the characters a-z, 0-9, '-' and '.'.</param>
    /// <param name="version">From 1.</param>
    public static Workflow<TIn, TOut> Named(string name, int version = 1) => new(name, version, WorkflowParts.Empty);

    /// <summary>Names the one way in.</summary>
    /// <param name="node">The first node.</param>
    public Workflow<TIn, TOut> StartsAt(Node<TIn> node) => With(Parts with { Start = node });

    /// <summary>
    /// Names the node to which an element goes when it is cancelled, with the data that it has; there it undoes what
    /// must be undone. Without one, a cancelled element ends at once. Every node must then have this node's data type.
    /// </summary>
    /// <param name="node">The cancel node.</param>
    public Workflow<TIn, TOut> CancelsTo(Node<TIn> node) => With(Parts with { CancelNode = node });

    /// <summary>
    /// Names every node at which a cancel comes too late: what happens there goes on as if nobody had asked. A run of
    /// another node that a cancel overtakes is diverted, wherever it was about to go.
    /// </summary>
    /// <param name="nodes">Nodes of this workflow.</param>
    public Workflow<TIn, TOut> CancelTooLateFrom(params IReadOnlyList<Node> nodes) =>
        With(Parts with { PastCancel = [.. Parts.PastCancel, .. nodes] });

    /// <summary>
    /// Declares a change that elements can be asked for in flight. What does not declare it is not concerned, and only
    /// carries the request on to what it calls.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="setup">Where it is accepted, how it applies, from where it is too late.</param>
    /// <typeparam name="TChange">What is asked for.</typeparam>
    public Workflow<TIn, TOut> Changes<TChange>(Change<TChange> change, Action<ChangeSetup<TChange>> setup)
    {
        ArgumentNullException.ThrowIfNull(change);
        ChangeSetup<TChange> chosen = new(change);
        setup(chosen);
        return With(Parts.Add(chosen.Draft));
    }

    /// <summary>Adds a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="setup">Its code, exits and limits.</param>
    /// <typeparam name="TData">The node's data.</typeparam>
    public Workflow<TIn, TOut> Node<TData>(Node<TData> node, Action<NodeSetup<TData>> setup)
    {
        NodeSetup<TData> chosen = new(node);
        setup(chosen);
        return With(Parts.Add(chosen.ToDefinition()));
    }

    /// <summary>Adds a node at which elements go on with replies.</summary>
    /// <param name="node">The node.</param>
    /// <param name="setup">Its code, exits and limits.</param>
    /// <typeparam name="TData">The node's data.</typeparam>
    /// <typeparam name="TReply">What comes back.</typeparam>
    public Workflow<TIn, TOut> Node<TData, TReply>(Node<TData, TReply> node, Action<NodeSetup<TData, TReply>> setup)
    {
        NodeSetup<TData, TReply> chosen = new(node);
        setup(chosen);
        return With(Parts.Add(chosen.ToDefinition()));
    }

    /// <summary>
    /// Adds an aggregation queue: elements that come to it are held, can be queried as a table (<see
    /// cref="SiteClient.Held{TData}"/>), and are released together. They stay on this version until then, so keep it
    /// defined while it holds any.
    /// </summary>
    /// <param name="node">The node; it runs nothing.</param>
    /// <param name="setup">Its group key, columns and rules, and into what it releases.</param>
    /// <typeparam name="TData">The node's data.</typeparam>
    public Workflow<TIn, TOut> Holds<TData>(Node<TData> node, Action<HoldSetup<TData>> setup)
    {
        HoldSetup<TData> chosen = new(node);
        setup(chosen);
        return With(Parts.Add(chosen.ToDefinition()));
    }

    /// <summary>
    /// Places a whole workflow here as a plain next step: what it is given and where its result leads are declared, and
    /// its own nodes know nothing of it.
    /// </summary>
    /// <param name="node">The step.</param>
    /// <param name="workflow">What is placed.</param>
    /// <param name="setup">What goes in, what becomes of the result, exits and limits.</param>
    /// <typeparam name="TData">The step's data.</typeparam>
    /// <typeparam name="TStepIn">What goes into the placed workflow.</typeparam>
    /// <typeparam name="TStepOut">What comes out of it.</typeparam>
    public Workflow<TIn, TOut> Step<TData, TStepIn, TStepOut>(
        Node<TData, TStepOut> node,
        Workflow<TStepIn, TStepOut> workflow,
        Action<StepSetup<TData, TStepIn, TStepOut>> setup)
    {
        StepSetup<TData, TStepIn, TStepOut> chosen = new(node, workflow);
        setup(chosen);
        return With(Parts.Add(chosen.ToDefinition()));
    }

    /// <summary>
    /// Says what readers of the journal are told of data of a type: what elements can be searched by while they are in
    /// flight and after, and what of it is personal data.
    /// </summary>
    /// <param name="setup">The attributes.</param>
    /// <typeparam name="TData">The data; other types of the workflow's data are told of by further calls.</typeparam>
    public Workflow<TIn, TOut> SearchableBy<TData>(Action<SearchSetup<TData>> setup)
    {
        SearchSetup<TData> chosen = new();
        setup(chosen);
        return With(Parts.Add(chosen.Draft));
    }

    /// <summary>
    /// Keeps members of the data encrypted wherever the site stores them: in elements, results, replies, signals,
    /// changes, milestones. Code sees them as they are. Of all that has such data, failures are encrypted too, message
    /// and stack trace. Needs <see cref="SiteOptions.Keys"/>.
    /// </summary>
    /// <remarks>
    /// The last member that is named counts, in all data of this site that has the type which declares it: with
    /// <c>order => order.Customer.Card</c>, every customer's card. Texts that code makes of a secret are not
    /// encrypted: business keys, order and group keys, search attributes, reasons, milestones' texts.
    /// </remarks>
    /// <param name="members">Which, for example <c>order => order.Customer.Card</c>.</param>
    /// <typeparam name="TData">The data that has them.</typeparam>
    public Workflow<TIn, TOut> Encrypts<TData>(params IReadOnlyList<Expression<Func<TData, object?>>> members) =>
        With(Parts with { Secrets = [.. Parts.Secrets, .. members.Select(SecretDefinition.Of)] });

    /// <summary>
    /// Moves elements of an older version here, with changed data, when they are next claimed at one of the named old
    /// nodes. The move is a hop of its own; replies that wait for the element are kept.
    /// </summary>
    /// <param name="version">The older version; it must not be hosted itself at those nodes.</param>
    /// <param name="upgrade">Makes the new data from the old.</param>
    /// <param name="moves">Each old node's name, and the node of this version that takes its place.</param>
    /// <typeparam name="TOld">The data at those old nodes.</typeparam>
    /// <typeparam name="TNew">The data at those new nodes.</typeparam>
    public Workflow<TIn, TOut> UpgradesFrom<TOld, TNew>(
        int version, Func<TOld, TNew> upgrade, params (string OldNode, Node<TNew> To)[] moves) =>
        With(Parts.Add(moves.Select(move => UpgradeDefinition.Of(version, move.OldNode, move.To, upgrade))));

    /// <summary>
    /// Names this workflow and what goes in, for <see cref="Route.Call"/> and <see cref="Route.Fork"/>.
    /// </summary>
    /// <param name="input">What goes in.</param>
    /// <param name="businessKey">
    /// A business key, for people; it need not be unique. Default: the caller's key, a slash, and the number of the
    /// call.
    /// </param>
    public Call<TOut> Call(TIn input, string? businessKey = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new Call<TOut>(this, input, businessKey is null ? null : Names.CheckedBusinessKey(businessKey));
    }

    private Workflow<TIn, TOut> With(WorkflowParts parts) => new(Name, Version, parts);
}
