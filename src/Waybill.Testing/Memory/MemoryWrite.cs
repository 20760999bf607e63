namespace Waybill.Testing.Memory;

/// <summary>A write to the tables of a <see cref="MemoryStore"/>, committed with its hop or not at all.</summary>
/// <param name="Name">What it does, for people.</param>
/// <param name="Apply">Writes; refuses by throwing, which also undoes the other writes of its hop.</param>
public sealed record MemoryWrite(string Name, Action<MemoryTables> Apply) : SiteWrite
{
    /// <summary>Puts a value under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">An immutable value; null removes the key.</param>
    public static MemoryWrite Put(string key, object? value) =>
        new($"put {key}", tables => tables.Put(key, value));

    /// <summary>Adds to a counter.</summary>
    /// <param name="key">The counter; one that does not exist stands at 0.</param>
    /// <param name="change">What is added; negative to subtract.</param>
    public static MemoryWrite Add(string key, long change) =>
        new($"add {change} to {key}", tables => tables.Put(key, tables.Counter(key) + change));

    /// <summary>Refuses its hop.</summary>
    /// <param name="reason">The message of the <see cref="InvalidOperationException"/>.</param>
    public static MemoryWrite Refuse(string reason) =>
        new("refuse", _ => throw new InvalidOperationException(reason));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
