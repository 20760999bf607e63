namespace Waybill.Testing.Memory;

/// <summary>What the application keeps in a <see cref="MemoryStore"/>: values by key.</summary>
/// <remarks>Used inside of writes and of <see cref="MemoryStore.Read{T}"/> only, which serialise the access.</remarks>
public sealed class MemoryTables
{
    private readonly SortedDictionary<string, object> rows = new(StringComparer.Ordinal);
    private readonly Stack<(string Key, object? Before)> undo = [];

    internal MemoryTables()
    {
    }

    /// <summary>The keys in ordinal order.</summary>
    public IReadOnlyCollection<string> Keys => rows.Keys;

    /// <summary>The value under a key; null when there is none.</summary>
    /// <param name="key">The key.</param>
    public object? Find(string key) => rows.GetValueOrDefault(key);

    /// <summary>The counter under a key; 0 when there is none.</summary>
    /// <param name="key">The key.</param>
    public long Counter(string key) => Find(key) is { } value ? (long)value : 0;

    /// <summary>Puts a value under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">An immutable value, so that it can be undone; null removes the key.</param>
    public void Put(string key, object? value)
    {
        undo.Push((key, Find(key)));
        Set(key, value);
    }

    /// <summary>Applies the writes of one hop, or, when one of them fails, none.</summary>
    /// <returns>Why the hop was refused; null when all were applied.</returns>
    internal Exception? Apply(IReadOnlyList<SiteWrite> writes)
    {
        undo.Clear();
        try
        {
            foreach (SiteWrite write in writes)
                Known(write).Apply(this);
            return null;
        }
        catch (Exception error)
        {
            while (undo.TryPop(out (string Key, object? Before) row))
                Set(row.Key, row.Before);
            return error;
        }
    }

    private void Set(string key, object? value)
    {
        if (value is null)
            rows.Remove(key);
        else
            rows[key] = value;
    }

    private static MemoryWrite Known(SiteWrite write) => write as MemoryWrite
        ?? throw new NotSupportedException(
            $"The memory store cannot write a {write.GetType().Name}. Attach a {nameof(MemoryWrite)} instead.");
}
