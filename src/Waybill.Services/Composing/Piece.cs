namespace Waybill.Services.Composing;

/// <summary>One piece of a page: what a call answered, a fallback, or missing with a reason. Thread-safe.</summary>
/// <typeparam name="T">What it is.</typeparam>
public sealed class Piece<T> : IPiece
{
    private readonly PieceOptions<T> options;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Ending? ending;

    internal Piece(Page page, string name, PieceOptions<T> options)
    {
        Page = page;
        Name = name;
        this.options = options;
    }

    /// <summary>For reports: <c>price</c>; of one of many, <c>price/1234</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it is decided what becomes of it.</summary>
    public bool HasEnded => ending is not null;

    /// <summary>Whether its call did not answer. There may still be a fallback.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public bool IsMissing => Ended.Missing is not null;

    /// <summary>Why it is missing; null when it is not.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Missing? Missing => Ended.Missing;

    /// <summary>Whether there is a <see cref="Value"/>: the answer, or the fallback.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public bool HasValue => Ended.HasValue;

    /// <summary>The answer, or the fallback.</summary>
    /// <exception cref="InvalidOperationException">It is missing and has no fallback, or it has not ended.</exception>
    public T Value => Ended.HasValue
        ? Ended.Value!
        : throw new InvalidOperationException(
            $"The piece {Name} of the page {Page.Name} is missing ({Ended.Missing!.Reason}): {Ended.Missing.Detail} "
            + "Give it a fallback, or ask IsMissing first.");

    /// <summary>The answer, or the fallback, or the type's default.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public T? ValueOrDefault => Ended.Value;

    internal Page Page { get; }

    PieceReport IPiece.Report =>
        new(Name, Ended.Duration, Ended.Missing, Ended.Missing is not null && Ended.HasValue);

    private Ending Ended => ending ?? throw new InvalidOperationException(
        $"The piece {Name} of the page {Page.Name} has not ended: await CompleteAsync of the page first.");

    /// <summary>
    /// Waits until it has ended; it never throws. Not for use inside another call of the page, which holds a place
    /// meanwhile: that is what <see cref="Then"/> is for.
    /// </summary>
    public Task EndedAsync() => ended.Task;

    /// <summary>
    /// Asks for a piece that is made from this one, as soon as this one has a value, whatever the others do. When this
    /// one has none, that one is missing.
    /// </summary>
    /// <param name="name">The name of the other piece.</param>
    /// <param name="call">Makes its call from the value of this one.</param>
    /// <param name="how">Its budget, fallback and so on.</param>
    /// <typeparam name="TNext">What the other piece is.</typeparam>
    public Piece<TNext> Then<TNext>(
        string name, Func<T, CancellationToken, Task<TNext>> call, PieceOptions<TNext>? how = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        Piece<TNext> next = Page.Add(name, how);
        _ = next.MakeFromAsync(this, call);
        return next;
    }

    /// <summary>
    /// Asks for a piece for each of many keys that are found in this one, as soon as this one has a value.
    /// </summary>
    /// <param name="name">The name of the pieces, before their keys.</param>
    /// <param name="keysOf">Finds the keys.</param>
    /// <param name="call">Makes the call of one key.</param>
    /// <param name="how">The budget, fallback and so on of each.</param>
    /// <typeparam name="TKey">What tells them apart.</typeparam>
    /// <typeparam name="TEach">What each is.</typeparam>
    /// <returns>Empty until this piece has ended, and for good if it has no value.</returns>
    public PieceList<TKey, TEach> ThenEach<TKey, TEach>(
        string name,
        Func<T, IEnumerable<TKey>> keysOf,
        Func<TKey, CancellationToken, Task<TEach>> call,
        PieceOptions<TEach>? how = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keysOf);
        ArgumentNullException.ThrowIfNull(call);
        PieceList<TKey, TEach> each = new();
        // The keys are a piece too, so that the page waits for them and says so when they cannot be found.
        Piece<int> keys = Page.Add<int>($"{name}/*", null);
        _ = keys.DeriveAsync(this, value => each.Ask(Page, name, keysOf(value), call, how));
        return each;
    }

    /// <summary>Both pieces as one; it is missing when one of them has no value.</summary>
    /// <param name="other">Another piece of the same page.</param>
    /// <typeparam name="TOther">What that is.</typeparam>
    public Piece<(T One, TOther Other)> With<TOther>(Piece<TOther> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Piece<(T, TOther)> both = Page.Add<(T, TOther)>($"{Name}+{other.Name}", null);
        _ = both.JoinAsync(this, other);
        return both;
    }

    internal async Task RunAsync(Func<CancellationToken, Task<T>> call)
    {
        Asking<T> asking = new(Page, options);
        Ending how;
        try
        {
            how = new Ending(await asking.RunAsync(call), true, null, asking.Duration);
        }
        catch (Exception error)
        {
            how = Without(asking.Judge(error), asking.Duration);
        }

        End(how);
    }

    private async Task MakeFromAsync<TBefore>(Piece<TBefore> before, Func<TBefore, CancellationToken, Task<T>> call)
    {
        await before.EndedAsync();
        if (before.HasValue)
            await RunAsync(cancel => call(before.Value, cancel));
        else
            End(Without(NothingFrom(before), TimeSpan.Zero));
    }

    private async Task DeriveAsync<TBefore>(Piece<TBefore> before, Func<TBefore, T> derive)
    {
        await before.EndedAsync();
        Ending how;
        try
        {
            how = before.HasValue
                ? new Ending(derive(before.Value), true, null, TimeSpan.Zero)
                : Without(NothingFrom(before), TimeSpan.Zero);
        }
        catch (Exception error)
        {
            how = Without(new Missing(MissingReason.Failed, error.Message), TimeSpan.Zero);
        }

        End(how);
    }

    private async Task JoinAsync<TOne, TOther>(Piece<TOne> one, Piece<TOther> other)
    {
        await one.EndedAsync();
        await other.EndedAsync();
        End(one.HasValue && other.HasValue
            ? new Ending((T)(object)(one.Value, other.Value), true, null, TimeSpan.Zero)
            : Without(one.HasValue ? NothingFrom(other) : NothingFrom(one), TimeSpan.Zero));
    }

    private static Missing NothingFrom(IPiece before) => new(
        MissingReason.NothingToMakeItFrom,
        $"it is made from {before.Report.Name}, which is missing ({before.Report.Missing!.Reason}).");

    private Ending Without(Missing missing, TimeSpan duration)
    {
        if (options.Fallback is not { } fallback)
            return new Ending(default, false, missing, duration);
        try
        {
            return new Ending(fallback(missing), true, missing, duration);
        }
        catch (Exception error)
        {
            string detail = $"{missing.Detail} Its fallback failed too: {error.Message}";
            return new Ending(default, false, new Missing(MissingReason.Failed, detail), duration);
        }
    }

    private void End(Ending how)
    {
        ending = how;
        ended.SetResult();
        Page.PieceEnded();
    }

    private sealed record Ending(T? Value, bool HasValue, Missing? Missing, TimeSpan Duration);
}

/// <summary>A piece of whatever type.</summary>
internal interface IPiece
{
    PieceReport Report { get; }
}
