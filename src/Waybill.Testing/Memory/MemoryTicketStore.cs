using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryTicketStore(MemoryState state) : ITicketStore
{
    public Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel) =>
        state.RunAsync(() => state.FindTicket(element)?.Record, cancel);

    public Task<TicketStanding?> StandingAsync(ElementRef element, CancellationToken cancel) =>
        state.RunAsync(
            () => state.FindTicket(element)?.Record is { } ticket
                ? new TicketStanding(
                    ticket,
                    state.Find(ElementRef.Of(ticket.Id)) is { } found ? MemoryElementDirectory.ToSummary(found) : null)
                : null,
            cancel);

    public Task<Page<TicketRecord>> ListAsync(TicketFilter filter, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(() => page.Cut(Matching(filter), ticket => ticket.Number, ticket => ticket.Record), cancel);

    public Task<long> CountAsync(TicketFilter filter, CancellationToken cancel) =>
        state.RunAsync(() => Matching(filter).LongCount(), cancel);

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int max, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                MemoryTicket[] old =
                    [.. state.Tickets.Values.Where(ticket => ticket.Record.EndedAt < endedBefore).Take(max)];
                foreach (MemoryTicket ticket in old)
                    state.ForgetTicket(ticket);
                return old.Length;
            },
            cancel);

    private IEnumerable<MemoryTicket> Matching(TicketFilter filter) => state.Tickets.Values.Where(ticket =>
        (filter.Workflow is null || ticket.Record.Workflow == filter.Workflow)
        && (filter.HasEnded is null || ticket.Record.Ending.HasValue == filter.HasEnded)
        && (filter.Ending is null || ticket.Record.Ending == filter.Ending));
}
