namespace Waybill.Bench.Pages;

/// <summary>Answers after two milliseconds, or hangs until it is cancelled.</summary>
public sealed class Pieces : IPieces
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(2);

    private int calls;

    /// <summary>One call of so many hangs.</summary>
    public const int HangsOneOf = 100;

    /// <inheritdoc/>
    public async Task<PieceOfPage> FindAsync(int page, int number, CancellationToken cancel)
    {
        bool hangs = Scatter((uint)Interlocked.Increment(ref calls)) % HangsOneOf == 0;
        await Task.Delay(hangs ? Timeout.InfiniteTimeSpan : Latency, TimeProvider.System, cancel);
        return new PieceOfPage(number, "The Collected Letters of a Bookseller", 12.5m + number);
    }

    // Not every hundredth: several of one page hang, and none of another.
    private static uint Scatter(uint number)
    {
        number = (number ^ (number >> 16)) * 0x45d9f3b;
        number = (number ^ (number >> 16)) * 0x45d9f3b;
        return number ^ (number >> 16);
    }
}
