namespace Waybill;

/// <summary>
/// A write to the site's own store that a handler attaches to its route: it commits with the hop or not at all. Which
/// kinds a store takes is the store's matter: the SQL stores take <see cref="SqlWrite"/>.
/// </summary>
public abstract record SiteWrite
{
    /// <summary>
    /// Names that this write contends for, for example <c>stock/9780439023480</c>. The store takes them in one order
    /// for the whole commit, so that two processes cannot wait for each other. Empty by default.
    /// </summary>
    public IReadOnlyList<string> Locks { get; init; } = [];
}

/// <summary>One SQL statement with named parameters.</summary>
/// <param name="Sql">One statement. Parameters are written <c>@name</c>.</param>
/// <param name="Parameters">
/// Names (without @) and values: null, bool, int, long, double, decimal, string, Guid, DateTimeOffset or byte[].
/// SQLite keeps a decimal and a Guid as text and an instant as Unix milliseconds.
/// </param>
public sealed record SqlWrite(string Sql, params (string Name, object? Value)[] Parameters) : SiteWrite
{
    /// <summary>
    /// How many rows the statement must touch; null for any number. Any other number refuses the write, and with it the
    /// hop: the run counts as failed with a <see cref="WriteRefusedException"/>.
    /// </summary>
    public int? ExpectRows { get; init; }
}

/// <summary>
/// An attached write touched another number of rows than it expected: what the handler relied on has changed.
/// </summary>
public sealed class WriteRefusedException(string write, int expected, int touched) : Exception(
    $"The attached write was to touch {expected} row(s) and touched {touched}: {write}")
{
    /// <summary>How many rows it was to touch.</summary>
    public int Expected { get; } = expected;

    /// <summary>How many it touched.</summary>
    public int Touched { get; } = touched;
}
