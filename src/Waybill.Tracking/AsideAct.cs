using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>What an operator did with a row that was set aside.</summary>
public enum AsideActKind
{
    /// <summary>Had it taken in.</summary>
    Retried = 0,

    /// <summary>Had it forgotten.</summary>
    Dismissed = 1,
}

/// <summary>The trace of an operator's act on one row; kept for ever.</summary>
/// <param name="Id">Grows from one act to the next.</param>
/// <param name="At">When.</param>
/// <param name="Act">What was done.</param>
/// <param name="Site">Whose journal the row is from.</param>
/// <param name="Position">The row's place in it.</param>
/// <param name="Kind">What the row tells.</param>
/// <param name="Element">Of which element.</param>
/// <param name="By">Who did it, and why.</param>
public sealed record AsideAct(
    long Id, DateTimeOffset At, AsideActKind Act, string Site, JournalPosition Position, JournalKind Kind,
    ElementId Element, Actor By);

/// <summary>Which acts are wanted; what is null is not looked at.</summary>
public sealed record AsideActFilter
{
    /// <summary>All.</summary>
    public static AsideActFilter All { get; } = new();

    /// <summary>What was done.</summary>
    public AsideActKind? Act { get; init; }

    /// <summary>The element that the row tells of.</summary>
    public ElementId? Element { get; init; }
}

/// <summary>Who acts, and when, for the trace.</summary>
internal sealed record AsideTrace(AsideActKind Act, Actor By, DateTimeOffset At);
