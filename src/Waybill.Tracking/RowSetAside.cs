using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>A row of a journal that could not be taken in, and is kept until it can, or is dismissed.</summary>
/// <param name="Id">Its number among rows set aside; a row that was set aside later has a higher one.</param>
/// <param name="Site">Whose journal.</param>
/// <param name="Entry">The row as the journal has it; without detail and facts when they are erased.</param>
/// <param name="Reason">Why it cannot be taken in.</param>
public sealed record RowSetAside(long Id, string Site, JournalEntry Entry, string Reason)
{
    /// <summary>
    /// Whether its detail and facts are gone: their subject's key was destroyed, or they could not be sealed and <see
    /// cref="TrackingOptions.AsideTextKept"/> is over. What is left of it can still be taken in.
    /// </summary>
    public bool IsErased { get; init; }
}

/// <summary>Which rows that are set aside are meant; what is null is not looked at.</summary>
public sealed record AsideFilter
{
    /// <summary>All.</summary>
    public static AsideFilter All { get; } = new();

    /// <summary>One row, by its number.</summary>
    public long? Id { get; init; }

    /// <summary>The site.</summary>
    public string? Site { get; init; }

    /// <summary>The element that the row tells of.</summary>
    public ElementId? Element { get; init; }

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>What happened, as far as its kind is known.</summary>
    public JournalKind? Kind { get; init; }

    /// <summary>The whole reason.</summary>
    public string? Reason { get; init; }
}
