using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemorySidelinedStore(MemoryState state, MemoryHops rules) : ISidelinedStore
{
    private const int GroupMax = 1000;
    private const int MessageLengthMax = 200;

    public Task<Page<SidelinedElement>> ListAsync(SidelinedFilter filter, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(() => page.Cut(Matching(filter), element => element.Key, ToItem), cancel);

    public Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel) =>
        state.RunAsync(() => Matching(filter).LongCount(), cancel);

    public Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<SidelinedGroup>>(
            () =>
            [
                .. Matching(filter)
                    .GroupBy(element => (element.Node, element.Sidelined!.Failure.Type, Message: MessageOf(element)))
                    .Select(group => new SidelinedGroup(
                        group.Key.Node, group.Key.Type, group.Key.Message, group.LongCount(),
                        group.Min(element => element.Sidelined!.At), group.Max(element => element.Sidelined!.At)))
                    .OrderByDescending(group => group.Count)
                    .Take(GroupMax),
            ],
            cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        state.RunAsync(
            () => hops.FirstOrDefault(hop => hop.To is Destination.HandOver) is { } wrong
                ? throw new ArgumentException(
                    $"Nobody owns the sidelined element {wrong.Id}, so nobody can be handed it. Enqueue it.",
                    nameof(hops))
                : rules.Apply(hops, element => element.Place.State == ElementState.Sidelined),
            cancel);

    private IEnumerable<MemoryElement> Matching(SidelinedFilter filter) => state.Elements.Values.Where(element =>
        element.Sidelined is { } row
        && (filter.Id is null || element.Id == filter.Id)
        && (filter.Workflow is null || element.Node.Workflow == filter.Workflow)
        && (filter.Node is null || element.Node.Node == filter.Node)
        && (filter.FailureType is null || row.Failure.Type == filter.FailureType)
        && (filter.MessagePart is null || row.Failure.Message.Contains(filter.MessagePart, StringComparison.Ordinal))
        && (filter.SidelinedBefore is null || row.At < filter.SidelinedBefore));

    private static string MessageOf(MemoryElement element)
    {
        string message = element.Sidelined!.Failure.Message;
        return message.Length <= MessageLengthMax ? message : message[..MessageLengthMax];
    }

    private static SidelinedElement ToItem(MemoryElement element) => new(
        element.Key, element.Id, element.BusinessKey, element.Node, element.Hop, element.Sidelined!.At,
        element.Sidelined.Failure, element.Caller, element.Data)
    {
        Revision = element.Revision,
        BroughtFailure = element.Failure,
        OrderKey = element.Place.OrderKey,
    };
}
