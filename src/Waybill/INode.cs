namespace Waybill;

/// <summary>
/// The code of a node: runs on one element and says where it goes. One instance serves all runs, several at once, so
/// keep state in the element. A run may happen more than once; hand <see cref="Element{TData}.IdempotencyKey"/> to
/// whatever is called outside.
/// </summary>
/// <typeparam name="TData">The node's data.</typeparam>
public interface INode<TData>
{
    /// <summary>Runs once. An exception counts as a failed run: it is retried as the node declares.</summary>
    /// <param name="element">The element.</param>
    /// <param name="cancel">
    /// Ends when the node's timeout runs out, or the process stops and its drain time is over.
    /// </param>
    /// <returns>One of the exits that the node declares.</returns>
    ValueTask<Route> RunAsync(Element<TData> element, CancellationToken cancel);
}

/// <summary>As <see cref="INode{TData}"/>, for a node at which elements go on with replies.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
/// <typeparam name="TReply">What comes back.</typeparam>
public interface INode<TData, TReply>
{
    /// <summary>Runs once. An exception counts as a failed run: it is retried with the same replies.</summary>
    /// <param name="element">The element.</param>
    /// <param name="replies">
    /// What came back; empty when the element arrived by a plain hop, or its wait ran out.
    /// </param>
    /// <param name="cancel">
    /// Ends when the node's timeout runs out, or the process stops and its drain time is over.
    /// </param>
    /// <returns>One of the exits that the node declares.</returns>
    ValueTask<Route> RunAsync(Element<TData> element, Replies<TReply> replies, CancellationToken cancel);
}

/// <summary>As <see cref="INode{TData}"/>, for code that is cheaper on several elements at once.</summary>
/// <typeparam name="TData">The node's data.</typeparam>
public interface IBatchNode<TData>
{
    /// <summary>Runs once. An exception counts as a failed run of every element of the batch.</summary>
    /// <param name="elements">
    /// One to as many as the node declares; whatever was ready, without waiting for more.
    /// </param>
    /// <param name="cancel">
    /// Ends when the node's timeout runs out, or the process stops and its drain time is over.
    /// </param>
    /// <returns>One route for each element, in their order.</returns>
    ValueTask<IReadOnlyList<Route>> RunAsync(IReadOnlyList<Element<TData>> elements, CancellationToken cancel);
}
