using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryElementDirectory(MemoryState state) : IElementDirectory
{
    public Task<ElementDetails?> FindAsync(ElementRef element, CancellationToken cancel) =>
        state.RunAsync(() => state.Find(element) is { } found ? ToDetails(found) : null, cancel);

    public Task<Page<ElementSummary>> ListAsync(ElementFilter filter, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(() => page.Cut(Matching(filter), element => element.Key, ToSummary), cancel);

    public Task<long> CountAsync(ElementFilter filter, CancellationToken cancel) =>
        state.RunAsync(() => Matching(filter).LongCount(), cancel);

    public Task<IReadOnlyList<NodeCount>> CountByNodeAsync(ElementFilter filter, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<NodeCount>>(
            () =>
            [
                .. Matching(filter)
                    .GroupBy(element => (element.Node, element.Place.State))
                    .Select(group => new NodeCount(group.Key.Node, group.Key.State, group.LongCount())),
            ],
            cancel);

    private IEnumerable<MemoryElement> Matching(ElementFilter filter) => state.Elements.Values.Where(element =>
        (filter.Workflow is null || element.Node.Workflow == filter.Workflow)
        && (filter.Version is null || element.Node.Version == filter.Version)
        && (filter.Node is null || element.Node.Node == filter.Node)
        && (filter.State is null || element.Place.State == filter.State)
        && (filter.BusinessKey is null || element.BusinessKey == filter.BusinessKey)
        && (filter.Caller is null || element.Caller?.Id == filter.Caller)
        && (filter.Batch is null || element.Place.Batch == filter.Batch)
        && (filter.AcceptedBefore is null || element.AcceptedAt < filter.AcceptedBefore));

    public static ElementSummary ToSummary(MemoryElement element) => new(
        element.Id, element.BusinessKey, element.Node, element.Place.State, element.Hop,
        element.AcceptedAt, element.MovedAt, element.Caller?.Id, element.Place.Cancel == CancelMark.Pending);

    public static ElementDetails ToDetails(MemoryElement element) => new(
        element.Key, ToSummary(element), element.Data, element.Place.Due, element.Place.AwaitedSignal,
        element.Place.PendingCalls)
    {
        Revision = element.Revision,
        Batch = element.Place.Batch,
    };
}
