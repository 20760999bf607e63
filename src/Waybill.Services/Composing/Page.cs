using System.Diagnostics;

namespace Waybill.Services.Composing;

/// <summary>
/// A page in the making: pieces are asked for, each by a call that begins at once if there is a place; the page waits
/// for them until its deadline and no longer. A call that hangs is cancelled when its budget is over, and left behind
/// if it does not heed that. Thread-safe.
/// </summary>
public sealed class Page : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<IPiece> pieces = [];
    private readonly TimeSpan deadline;
    private readonly long begun;
    private readonly CancellationTokenSource timeUp;
    private readonly CancellationTokenSource ends;
    private readonly CancellationToken cancel;
    private readonly Activity? span;
    private TaskCompletionSource? drained;
    private TimeSpan duration;
    private int pending;
    private bool isLeft;

    internal Page(
        Composer composer,
        string name,
        TimeSpan deadline,
        TimeSpan patience,
        int parallelMax,
        TimeProvider time,
        CancellationToken cancel)
    {
        Name = name;
        Time = time;
        this.deadline = deadline;
        this.cancel = cancel;
        begun = time.GetTimestamp();
        timeUp = new CancellationTokenSource(patience, time);
        ends = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cancel);
        Token = ends.Token;
        Places = new Places(parallelMax);
        span = ServiceTracing.Source.StartActivity($"page {name}");
        Calls = new PageCalls(composer, patience, time);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Cancelled when the page waits no longer.</summary>
    public CancellationToken Token { get; }

    /// <summary>How much longer it waits for pieces; zero when it does no longer.</summary>
    public TimeSpan Remaining => Calls.Remaining;

    internal TimeProvider Time { get; }

    internal Places Places { get; }

    internal PageCalls Calls { get; }

    internal bool IsGivenUp => Volatile.Read(ref isLeft) || cancel.IsCancellationRequested;

    /// <summary>
    /// Asks for a piece. Its call begins at once, on this thread until it first waits, or when there is a place for it.
    /// What it throws makes the piece missing.
    /// </summary>
    /// <param name="name">For reports: <c>price</c>.</param>
    /// <param name="call">
    /// Makes the call. Its token is cancelled when its budget or the page's time is over; calls of service clients end
    /// then without it too.
    /// </param>
    /// <param name="how">Its budget, fallback and so on. Default: none of them.</param>
    /// <typeparam name="T">What the piece is.</typeparam>
    /// <exception cref="ObjectDisposedException">The page was disposed.</exception>
    public Piece<T> Ask<T>(string name, Func<CancellationToken, Task<T>> call, PieceOptions<T>? how = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(call);
        Piece<T> piece = Add(name, how);
        _ = piece.RunAsync(call);
        return piece;
    }

    /// <summary>Asks for a piece for each of many keys.</summary>
    /// <param name="name">The name of the pieces, before their keys: <c>price</c> makes <c>price/1234</c>.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="call">Makes the call of one key.</param>
    /// <param name="how">The budget, fallback and so on of each.</param>
    /// <typeparam name="TKey">What tells them apart.</typeparam>
    /// <typeparam name="T">What each is.</typeparam>
    /// <exception cref="ObjectDisposedException">The page was disposed.</exception>
    public PieceList<TKey, T> AskEach<TKey, T>(
        string name,
        IEnumerable<TKey> keys,
        Func<TKey, CancellationToken, Task<T>> call,
        PieceOptions<T>? how = null)
        where TKey : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(call);
        PieceList<TKey, T> each = new();
        each.Ask(this, name, keys, call, how);
        return each;
    }

    /// <summary>
    /// Waits until all pieces have ended, those made from others too; never beyond the deadline, and without throwing
    /// when pieces are missing. More may be asked for afterwards, and waited for again.
    /// </summary>
    public async Task<PageReport> CompleteAsync()
    {
        while (true)
        {
            await DrainedAsync();
            lock (gate)
            {
                // Somebody else may have asked for more meanwhile.
                if (pending > 0)
                    continue;
                PieceReport[] reports = [.. pieces.Select(piece => piece.Report)];
                return new PageReport(Name, duration, deadline, reports, Calls.Shared.Joined);
            }
        }
    }

    /// <summary>Cancels what still runs.</summary>
    public ValueTask DisposeAsync()
    {
        // Here and not after a wait, where the caller's current span would stay what it is.
        span?.Dispose();
        lock (gate)
        {
            if (isLeft)
                return ValueTask.CompletedTask;
            isLeft = true;
        }

        return LeaveAsync();
    }

    internal Piece<T> Add<T>(string name, PieceOptions<T>? how)
    {
        Piece<T> piece = new(this, name, how ?? new PieceOptions<T>());
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isLeft, this);
            pieces.Add(piece);
            pending++;
        }

        return piece;
    }

    internal void PieceEnded()
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (--pending > 0)
                return;
            duration = Time.GetElapsedTime(begun);
            waiting = drained;
            drained = null;
        }

        waiting?.SetResult();
    }

    private Task DrainedAsync()
    {
        lock (gate)
        {
            if (pending == 0)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    private async ValueTask LeaveAsync()
    {
        await ends.CancelAsync();
        await DrainedAsync();
        ends.Dispose();
        timeUp.Dispose();
    }
}
