using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>A row of a journal that could not be taken in, and is kept until it can.</summary>
/// <param name="Site">Whose journal.</param>
/// <param name="Entry">
/// The row as the journal has it: its detail and facts may hold personal data, which
/// <see cref="TrackingStore.EraseAsync"/> does not reach here.
/// </param>
/// <param name="Reason">Why it cannot be taken in.</param>
public sealed record RowSetAside(string Site, JournalEntry Entry, string Reason);
