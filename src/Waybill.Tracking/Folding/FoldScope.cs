using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Folding;

/// <summary>The elements, nodes and subjects that a pass is about, as its store has loaded them.</summary>
internal abstract class FoldScope(int site)
{
    private readonly Dictionary<ElementId, TrackedRow> byId = [];
    private readonly Dictionary<long, TrackedRow> byKey = [];

    public IEnumerable<TrackedRow> Changed => byKey.Values.Where(row => row.IsChanged);

    /// <summary>Roots whose family has ended in this pass, with the instant.</summary>
    public Dictionary<long, long> Finished { get; } = [];

    public abstract int NodeNumber(NodeAddress node);

    /// <summary>The key of a subject, made when it is new.</summary>
    public abstract SubjectKey SubjectOf(string name);

    /// <summary>The key of a known subject; null when it was destroyed.</summary>
    public abstract byte[]? KeyOf(long subject);

    protected abstract long NextKey();

    /// <summary>Loads one that is not there yet; null when the store does not have it.</summary>
    protected abstract TrackedRow? Load(ElementId id);

    /// <summary>Loads one that the store should have; null when it does not.</summary>
    protected abstract TrackedRow? Load(long key);

    public TrackedRow? Find(ElementId id)
    {
        if (byId.TryGetValue(id, out TrackedRow? row))
            return row;
        return Load(id) is { } loaded ? Keep(loaded) : null;
    }

    public TrackedRow RootOf(TrackedRow row) => FindRoot(row) ?? throw new InvalidOperationException(
        $"Element {row.Root} is missing, although another one of its family is not.");

    /// <summary>Whose personal data an element has, or the head of its family; null when nothing is known.</summary>
    public long? SubjectNear(ElementId id) => Find(id) is { } row ? row.Subject ?? FindRoot(row)?.Subject : null;

    public TrackedRow Add(ElementId id, TrackedRow? parent)
    {
        long key = NextKey();
        return Keep(new TrackedRow
        {
            Key = key,
            Id = id,
            Site = site,
            Root = parent?.Root ?? key,
            Parent = parent?.Key,
            IsNew = true,
        });
    }

    private TrackedRow? FindRoot(TrackedRow row) =>
        row.Root == row.Key ? row
        : byKey.TryGetValue(row.Root, out TrackedRow? root) ? root
        : Load(row.Root) is { } loaded ? Keep(loaded) : null;

    private TrackedRow Keep(TrackedRow row)
    {
        byId[row.Id] = row;
        byKey[row.Key] = row;
        return row;
    }
}
