using Microsoft.Extensions.DependencyInjection;
using Waybill.Definition;
using Waybill.Engine.Remote;

namespace Waybill;

/// <summary>Declares a node: its code, exits and limits.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
public sealed class NodeSetup<TData> : NodeRules<NodeSetup<TData>, TData>
{
    internal NodeSetup(Node<TData> node)
        : base(node)
    {
    }

    /// <summary>Runs a class, made once per process with its dependencies from the service provider.</summary>
    /// <typeparam name="THandler">The class.</typeparam>
    public NodeSetup<TData> RunBy<THandler>()
        where THandler : class, INode<TData> =>
        Code(services => new SingleCode<TData>(
            services.Codec<TData>(),
            ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services.Provider).RunAsync));

    /// <summary>Runs a class, made anew for each run in a scope of its own.</summary>
    /// <typeparam name="THandler">The class.</typeparam>
    public NodeSetup<TData> RunByScoped<THandler>()
        where THandler : class, INode<TData> =>
        Code(services => new SingleCode<TData>(services.Codec<TData>(), async (element, cancel) =>
        {
            await using AsyncServiceScope scope = services.Provider.CreateAsyncScope();
            return await ActivatorUtilities.GetServiceOrCreateInstance<THandler>(scope.ServiceProvider)
                .RunAsync(element, cancel);
        }));

    /// <summary>Runs a function.</summary>
    /// <param name="run">The function.</param>
    public NodeSetup<TData> Run(Func<Element<TData>, CancellationToken, ValueTask<Route>> run) =>
        Code(services => new SingleCode<TData>(services.Codec<TData>(), run));

    /// <summary>Runs a function that needs not wait for anything.</summary>
    /// <param name="run">The function.</param>
    public NodeSetup<TData> Run(Func<Element<TData>, Route> run) =>
        Run((element, _) => ValueTask.FromResult(run(element)));

    /// <summary>Runs a class on several elements at once; the class is made once per process.</summary>
    /// <param name="batchMax">How many at the most, from 1. It never waits for more to come.</param>
    /// <typeparam name="THandler">The class.</typeparam>
    public NodeSetup<TData> RunByBatch<THandler>(int batchMax)
        where THandler : class, IBatchNode<TData>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return Code(services => new BatchCode<TData>(
            services.Codec<TData>(),
            batchMax,
            ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services.Provider).RunAsync));
    }

    /// <summary>Runs a function on several elements at once.</summary>
    /// <param name="batchMax">How many at the most, from 1. It never waits for more to come.</param>
    /// <param name="run">The function; one route for each element, in their order.</param>
    public NodeSetup<TData> RunBatch(
        int batchMax, Func<IReadOnlyList<Element<TData>>, CancellationToken, ValueTask<IReadOnlyList<Route>>> run)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return Code(services => new BatchCode<TData>(services.Codec<TData>(), batchMax, run));
    }

    /// <summary>
    /// Leaves the work to remote workers, which claim elements from this process (<see cref="RemoteNodes"/>; the server
    /// has it over HTTP) and bring routes. The node's limits hold as for code of its own: concurrency is how many
    /// leases a process gives at once, the timeout bounds a run however often its lease is extended. An element is
    /// claimed from the store only when a remote worker waits for it.
    /// </summary>
    /// <param name="lease">
    /// After what silence a worker's run counts as failed, from 1 second to 1 hour. Default: 30 seconds.
    /// </param>
    public NodeSetup<TData> RunRemotely(TimeSpan? lease = null) => Set(RemoteCode.Declared(Draft, lease));

    private NodeSetup<TData> Code(Func<NodeServices, NodeCode> build) =>
        Set(Draft with { BuildCode = build, RemoteLease = null });
}

/// <summary>Declares a node at which elements go on with replies: its code, exits and limits.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
/// <typeparam name="TReply">What comes back.</typeparam>
public sealed class NodeSetup<TData, TReply> : NodeRules<NodeSetup<TData, TReply>, TData>
{
    internal NodeSetup(Node<TData, TReply> node)
        : base(node)
    {
    }

    /// <summary>Runs a class, made once per process with its dependencies from the service provider.</summary>
    /// <typeparam name="THandler">The class.</typeparam>
    public NodeSetup<TData, TReply> RunBy<THandler>()
        where THandler : class, INode<TData, TReply> =>
        Code(services => new ReplyCode<TData, TReply>(
            services.Codec<TData>(),
            services.Codec<TReply>(),
            ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services.Provider).RunAsync));

    /// <summary>Runs a class, made anew for each run in a scope of its own.</summary>
    /// <typeparam name="THandler">The class.</typeparam>
    public NodeSetup<TData, TReply> RunByScoped<THandler>()
        where THandler : class, INode<TData, TReply> =>
        Code(services => new ReplyCode<TData, TReply>(
            services.Codec<TData>(), services.Codec<TReply>(), async (element, replies, cancel) =>
            {
                await using AsyncServiceScope scope = services.Provider.CreateAsyncScope();
                return await ActivatorUtilities.GetServiceOrCreateInstance<THandler>(scope.ServiceProvider)
                    .RunAsync(element, replies, cancel);
            }));

    /// <summary>Runs a function.</summary>
    /// <param name="run">The function.</param>
    public NodeSetup<TData, TReply> Run(
        Func<Element<TData>, Replies<TReply>, CancellationToken, ValueTask<Route>> run) =>
        Code(services => new ReplyCode<TData, TReply>(services.Codec<TData>(), services.Codec<TReply>(), run));

    /// <summary>Runs a function that needs not wait for anything.</summary>
    /// <param name="run">The function.</param>
    public NodeSetup<TData, TReply> Run(Func<Element<TData>, Replies<TReply>, Route> run) =>
        Run((element, replies, _) => ValueTask.FromResult(run(element, replies)));

    /// <summary>
    /// Leaves the work to remote workers, as <see cref="NodeSetup{TData}.RunRemotely"/>; they are given the replies.
    /// </summary>
    /// <param name="lease">
    /// After what silence a worker's run counts as failed, from 1 second to 1 hour. Default: 30 seconds.
    /// </param>
    public NodeSetup<TData, TReply> RunRemotely(TimeSpan? lease = null) => Set(RemoteCode.Declared(Draft, lease));

    private NodeSetup<TData, TReply> Code(Func<NodeServices, NodeCode> build) =>
        Set(Draft with { BuildCode = build, RemoteLease = null });
}
