using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>What one pass of a feed brings to a tracking store.</summary>
/// <param name="Site">Whose journal.</param>
/// <param name="From">The position behind which the rows follow.</param>
/// <param name="Entries">The rows, in order; at least one.</param>
public sealed record TrackingPass(string Site, JournalPosition From, IReadOnlyList<JournalEntry> Entries)
{
    /// <summary>The position of the last row.</summary>
    public JournalPosition To => Entries[^1].Position;
}
