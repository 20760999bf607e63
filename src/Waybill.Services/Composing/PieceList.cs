using System.Collections;

namespace Waybill.Services.Composing;

/// <summary>The pieces of many keys, in the order of the keys.</summary>
/// <typeparam name="TKey">What tells them apart.</typeparam>
/// <typeparam name="T">What each is.</typeparam>
public sealed class PieceList<TKey, T> : IReadOnlyList<KeyValuePair<TKey, Piece<T>>>
    where TKey : notnull
{
    private volatile KeyValuePair<TKey, Piece<T>>[] pieces = [];

    internal PieceList()
    {
    }

    /// <inheritdoc/>
    public int Count => pieces.Length;

    /// <summary>The answers and fallbacks that are there.</summary>
    /// <exception cref="InvalidOperationException">One has not ended.</exception>
    public IEnumerable<T> Values => pieces.Where(piece => piece.Value.HasValue).Select(piece => piece.Value.Value);

    /// <inheritdoc/>
    public KeyValuePair<TKey, Piece<T>> this[int index] => pieces[index];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TKey, Piece<T>>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<TKey, Piece<T>>>)pieces).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Asks for all; says how many.</summary>
    internal int Ask(
        Page page,
        string name,
        IEnumerable<TKey> keys,
        Func<TKey, CancellationToken, Task<T>> call,
        PieceOptions<T>? how)
    {
        pieces =
        [
            .. keys.Select(key => KeyValuePair.Create(
                key, page.Ask($"{name}/{key}", cancel => call(key, cancel), how))),
        ];
        return pieces.Length;
    }
}
