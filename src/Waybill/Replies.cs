using System.Collections;

namespace Waybill;

/// <summary>
/// What came back to an element: one reply for each workflow that it called, in their order, or one for a signal.
/// </summary>
/// <typeparam name="TReply">The result type of what was called, or the signal's payload.</typeparam>
public sealed class Replies<TReply> : IReadOnlyList<Reply<TReply>>
{
    private readonly IReadOnlyList<Reply<TReply>> replies;

    internal Replies(IReadOnlyList<Reply<TReply>> replies, string? awaitedSignal)
    {
        this.replies = replies;
        TimedOut = awaitedSignal is not null && replies.Count == 0;
    }

    /// <summary>True when the element waited for a signal until the instant that it had named.</summary>
    public bool TimedOut { get; }

    /// <summary>
    /// How many came back. With <see cref="JoinMode.AllOrFirstFailure"/> it can be fewer than were called.
    /// </summary>
    public int Count => replies.Count;

    /// <summary>Whether every reply is of one that finished.</summary>
    public bool AllFinished => replies.All(reply => reply.Ending == Ending.Finished);

    /// <summary>The only reply.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public Reply<TReply> Single => replies.Count == 1
        ? replies[0]
        : throw new InvalidOperationException($"Expected one reply, got {replies.Count}.");

    /// <summary>The reply at an index, in the order of the calls that came back.</summary>
    /// <param name="index">From 0.</param>
    public Reply<TReply> this[int index] => replies[index];

    /// <inheritdoc/>
    public IEnumerator<Reply<TReply>> GetEnumerator() => replies.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>What came back from one call.</summary>
/// <param name="Call">Which of the calls, from 0; 0 for a signal.</param>
/// <param name="Ending">How it ended; finished for a signal.</param>
/// <param name="Result">The result, when it finished; else the default.</param>
/// <param name="Reason">Why it did not finish; else null.</param>
/// <typeparam name="TReply">The result's type.</typeparam>
public sealed record Reply<TReply>(int Call, Ending Ending, TReply? Result, string? Reason)
{
    /// <summary>The result of one that finished.</summary>
    /// <exception cref="InvalidOperationException">It did not finish.</exception>
    public TReply Value => Ending == Ending.Finished
        ? Result!
        : throw new InvalidOperationException($"Call {Call} has no result: it ended as {Ending} ({Reason}).");
}
