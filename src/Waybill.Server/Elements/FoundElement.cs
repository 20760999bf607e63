using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Elements;

/// <summary>An element that a caller may see: in flight, or ended and still known by ticket or journal.</summary>
/// <param name="Details">Where it is; null when it has ended.</param>
/// <param name="Ended">How it ended; null while it is in flight.</param>
internal sealed record FoundElement(ElementDetails? Details, EndedAnswer? Ended)
{
    private const int LastRows = 100;

    /// <exception cref="ProblemException">There is none, or the caller is limited to other workflows.</exception>
    public static async Task<FoundElement> FindAsync(
        Guid id, SiteClient site, Caller caller, CancellationToken cancel)
    {
        ElementId element = new(id);
        ElementDetails? details = await site.Store.Directory.FindAsync(ElementRef.Of(element), cancel);
        EndedAnswer? ended = details is null ? await EndedAsync(element, site, cancel) : null;
        string? workflow = details?.Summary.Node.Workflow ?? ended?.Workflow;
        // Whether an element of another workflow exists is none of a limited caller's business.
        return workflow is not null && caller.Reaches(workflow) ? new(details, ended) : throw Missing(id);
    }

    public static ProblemException Missing(Guid id) =>
        Answer.NotFound($"There is no element {id}, or what is known of it has been kept long enough.");

    private static async Task<EndedAnswer?> EndedAsync(ElementId element, SiteClient site, CancellationToken cancel)
    {
        if (await site.Store.Tickets.FindAsync(ElementRef.Of(element), cancel) is { Ending: { } ending } ticket)
        {
            return new EndedAnswer(
                ticket.Workflow, ticket.BusinessKey, ending, ticket.EndedAt, Answer.Data(ticket.Result), ticket.Reason);
        }

        // One that another element called has no ticket. What was pending when it ended is resolved after its end.
        HistoryPage last = await site.Store.Journal.HistoryAsync(
            new HistoryFilter(element), new HistoryPageRequest(LastRows, NewestFirst: true), cancel);
        return last.Items.FirstOrDefault(row => EndingOf(row.Kind) is not null) is { } row
            ? new EndedAnswer(row.Node.Workflow, "", EndingOf(row.Kind)!.Value, row.At, null, null)
            : null;
    }

    private static Ending? EndingOf(JournalKind kind) => kind switch
    {
        JournalKind.Finished => Ending.Finished,
        JournalKind.Failed => Ending.Failed,
        JournalKind.Cancelled => Ending.Cancelled,
        JournalKind.Dropped => Ending.Dropped,
        _ => null,
    };
}
