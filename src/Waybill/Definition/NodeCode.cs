using Waybill.Engine;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>A node's code with its types erased: reads the data, runs, and gives the route.</summary>
internal abstract class NodeCode
{
    /// <summary>How many elements one run takes.</summary>
    public virtual int BatchMax => 1;

    /// <summary>
    /// How many elements it can run at once now, those that it runs included; asked often, with the runner's lock held,
    /// so it must answer at once and call nothing. Default: no limit of its own.
    /// </summary>
    /// <remarks>Elements beyond it are not claimed, not begun, and given back when they wait in memory.</remarks>
    public virtual int RoomMax => int.MaxValue;

    /// <summary>Raised after <see cref="RoomMax"/> has grown; must be raised without holding a lock.</summary>
    public event Action? RoomGrew;

    /// <summary>The codec of the data that elements bring here.</summary>
    public abstract JsonCodec DataCodec { get; }

    /// <summary>Runs on one element. Throws whatever the code throws.</summary>
    public abstract ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel);

    /// <summary>Runs on several elements. Throws whatever the code throws.</summary>
    public virtual ValueTask<IReadOnlyList<Route>> RunBatchAsync(
        IReadOnlyList<InFlight> elements, CancellationToken cancel) =>
        throw new NotSupportedException();

    private protected void NoteRoomGrew() => RoomGrew?.Invoke();

    private protected static Element<TData> Read<TData>(InFlight element, JsonCodec<TData> codec)
    {
        TData data = codec.Read(element.Data.Span, out bool hasUnknownMembers);
        element.HasUnknownMembers = hasUnknownMembers;
        return new Element<TData>(element.ToHeader(), data, element.Members);
    }
}

internal sealed class SingleCode<TData>(
    JsonCodec<TData> codec, Func<Element<TData>, CancellationToken, ValueTask<Route>> run) : NodeCode
{
    public override JsonCodec DataCodec => codec;

    public override ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel) =>
        run(Read(element, codec), cancel);
}

internal sealed class ReplyCode<TData, TReply>(
    JsonCodec<TData> codec,
    JsonCodec<TReply> replyCodec,
    Func<Element<TData>, Replies<TReply>, CancellationToken, ValueTask<Route>> run) : NodeCode
{
    public override JsonCodec DataCodec => codec;

    public override ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel)
    {
        Reply<TReply>[] replies = [.. element.Replies.Select(Typed)];
        return run(Read(element, codec), new Replies<TReply>(replies, element.AwaitedSignal), cancel);
    }

    private Reply<TReply> Typed(Reply reply) => new(
        reply.Slot,
        reply.Ending,
        reply.Ending == Ending.Finished ? replyCodec.Read(reply.Value.Span, out _) : default,
        reply.Reason);
}

internal sealed class BatchCode<TData>(
    JsonCodec<TData> codec,
    int batchMax,
    Func<IReadOnlyList<Element<TData>>, CancellationToken, ValueTask<IReadOnlyList<Route>>> run) : NodeCode
{
    public override int BatchMax => batchMax;

    public override JsonCodec DataCodec => codec;

    public override async ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel) =>
        (await RunBatchAsync([element], cancel))[0];

    public override async ValueTask<IReadOnlyList<Route>> RunBatchAsync(
        IReadOnlyList<InFlight> elements, CancellationToken cancel)
    {
        Route[] all = new Route[elements.Count];
        List<Element<TData>> typed = new(elements.Count);
        for (int i = 0; i < all.Length; i++)
        {
            try
            {
                typed.Add(Read(elements[i], codec));
            }
            catch (RouteException unreadable)
            {
                all[i] = new FaultRoute(unreadable);
            }
        }

        IReadOnlyList<Route> routes = typed.Count == 0 ? [] : await run(typed, cancel);
        if (routes?.Count != typed.Count)
        {
            throw new RouteException(
                "waybill.batch-size",
                $"A batch of {typed.Count} elements needs as many routes, got {routes?.Count ?? 0}.");
        }

        for (int i = 0, next = 0; i < all.Length; i++)
            all[i] ??= routes[next++];
        return all;
    }
}
