using Waybill.Definition;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Engine.Remote;

/// <summary>The code of a node whose work is done elsewhere: it waits for what a remote worker brings.</summary>
internal sealed class RemoteCode : NodeCode
{
    private readonly RemoteNodes desk;
    private readonly RemoteQueue queue;
    private readonly JsonCodec? replyCodec;

    public RemoteCode(NodeServices services, TimeSpan lease)
    {
        DataCodec = services.Site.Codecs.For(services.Node.Definition.Node.DataType);
        replyCodec = services.Node.Definition.Node.ReplyType is { } reply ? services.Site.Codecs.For(reply) : null;
        desk = services.Remote;
        queue = new RemoteQueue(services.Node, lease, NoteRoomGrew);
        desk.Open(services.Site, queue);
    }

    public override JsonCodec DataCodec { get; }

    /// <summary>The node as it is when its work is left to remote workers.</summary>
    public static NodeDefinition Declared(NodeDefinition node, TimeSpan? lease)
    {
        TimeSpan given = lease ?? TimeSpan.FromSeconds(30);
        ArgumentOutOfRangeException.ThrowIfLessThan(given, TimeSpan.FromSeconds(1), nameof(lease));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(given, TimeSpan.FromHours(1), nameof(lease));
        return node with { BuildCode = services => new RemoteCode(services, given), RemoteLease = given };
    }

    /// <summary>As many as remote workers wait for: what nobody asks for stays in the store.</summary>
    public override int RoomMax => desk.RunsMaxAt(queue);

    public override async ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel)
    {
        // Data that cannot be read here could not be held against its type on the way back.
        DataCodec.ReadObject(element.Data.Span, out bool hasUnknownMembers);
        element.HasUnknownMembers = hasUnknownMembers;
        ReadOnlyMemory<byte> data = DataCodec.Open(element.Data);
        IReadOnlyList<Reply> replies = replyCodec is { HasSecrets: true }
            ? [.. element.Replies.Select(reply => reply with { Value = replyCodec.Open(reply.Value) })]
            : element.Replies;
        return await desk.RunAsync(new RemoteRun(queue, element, data, replies, desk.Now), cancel);
    }
}
