namespace Waybill.Stores;

/// <summary>An element that does not exist yet: submitted by a client, or called by another element.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Slot">Its first node and place there.</param>
/// <param name="BusinessKey">
/// The business key, 1 to 200 characters; unique per workflow among submitted elements only.
/// </param>
/// <param name="Data">UTF-8 JSON.</param>
/// <param name="Facts">What its acceptance tells readers of the journal (<see cref="JournalEntry.Facts"/>).</param>
public sealed record NewElement(
    ElementId Id, QueueSlot Slot, string BusinessKey, ReadOnlyMemory<byte> Data, string? Facts = null)
{
    /// <summary>
    /// The trace that its runs belong to: a W3C <c>traceparent</c>, kept with the element until it ends; null for none.
    /// </summary>
    public string? Trace { get; init; }
}

/// <summary>What became of one submission.</summary>
/// <param name="Id">The element that holds the ticket of that business key.</param>
/// <param name="IsNew">False when an earlier submission holds it.</param>
public readonly record struct Acceptance(ElementId Id, bool IsNew);
