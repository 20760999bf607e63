using Waybill.Stores;

namespace Waybill.Tracking.Folding;

/// <summary>
/// A row that could be read, and then not be put to its element. The pass is undone, and done without it.
/// </summary>
internal sealed class UnfoldableRowException(JournalEntry entry, Exception error)
    : Exception($"Row {entry.Position} cannot be taken in: {error.Message}", error)
{
    public JournalEntry Entry => entry;

    public string Reason { get; } = PassContent.ReasonOf(error);
}
