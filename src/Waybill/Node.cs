namespace Waybill;

/// <summary>A named processing step. Declared once, as a static field, and used by workflows and routes.</summary>
public abstract class Node
{
    private protected Node(string name, Type dataType, Type? replyType)
    {
        Name = Names.Checked(name, "node");
        DataType = dataType;
        ReplyType = replyType;
    }

    /// <summary>The name: 1 to 100 of the characters a-z, 0-9, '-' and '.'; unique within a workflow.</summary>
    public string Name { get; }

    /// <summary>The type of the data that elements have here.</summary>
    public Type DataType { get; }

    /// <summary>
    /// The type of the replies with which elements can go on here; null where they only arrive by a plain hop.
    /// </summary>
    public Type? ReplyType { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>A node at which elements carry <typeparamref name="TData"/>.</summary>
/// <typeparam name="TData">The data; written and read as JSON at every hop.</typeparam>
public class Node<TData> : Node
{
    /// <summary>Names a node.</summary>
    /// <param name="name">1 to 100 of the characters a-z, 0-9, '-' and '.'.</param>
    public Node(string name)
        : base(name, typeof(TData), null)
    {
    }

    private protected Node(string name, Type replyType)
        : base(name, typeof(TData), replyType)
    {
    }
}

/// <summary>
/// A node at which elements go on with what came back: the endings of workflows that they called, or a signal. They can
/// also arrive by a plain hop; then there are no replies.
/// </summary>
/// <typeparam name="TData">The data.</typeparam>
/// <typeparam name="TReply">The result type of what is called, or the signal's payload.</typeparam>
public sealed class Node<TData, TReply>(string name) : Node<TData>(name, typeof(TReply));
