using System.Text.Json;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>Makes the desk of each service.</summary>
internal sealed class TicketDesks(Tickets tickets, SiteClient site, TicketOptions options)
{
    public ITicketDesk Of(TicketScope scope) => new TicketDesk(tickets, site, options, scope);
}

/// <summary>Tells callers of one service how its tickets stand; others of the site are as if there were none.</summary>
internal sealed class TicketDesk(Tickets tickets, SiteClient site, TicketOptions options, TicketScope scope)
    : ITicketDesk
{
    public async Task<TicketStanding?> ReadAsync(Guid ticket, int waitMs, CancellationToken cancel)
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Max(0, waitMs));
        TicketView view;
        try
        {
            TimeSpan atMost = wait < options.WaitMax ? wait : options.WaitMax;
            view = await tickets.LookAsync(new ElementId(ticket), scope, atMost, cancel);
        }
        catch (ProblemException unknown) when (unknown.Type == TicketProblems.Unknown)
        {
            return null;
        }

        TicketRecord record = view.Ticket;
        return new TicketStanding(
            record.Ending, ResultOf(record), record.Reason, record.AcceptedAt, record.EndedAt);
    }

    public async Task<bool?> CancelAsync(Guid ticket, string? reason, CancellationToken cancel)
    {
        if (reason?.Length > Tickets.ReasonLengthMax)
        {
            throw new RefusedException(
                "reason-too-long",
                $"A reason has at most {Tickets.ReasonLengthMax} characters; this one has {reason.Length}.");
        }

        ElementRef element = ElementRef.Of(new ElementId(ticket));
        if (await site.Store.Tickets.FindAsync(element, cancel) is not { } found || !scope.Covers(found.Workflow))
            return null;
        CallContext? call = CallContext.Current;
        Actor actor = new(call?.Http?.User.Identity?.Name ?? call?.Caller ?? "unnamed", reason);
        if (found.Ending is not null)
            return false;
        return await site.CancelAsync(element, actor, cancel)
            is CancelOutcome.Requested or CancelOutcome.AlreadyRequested;
    }

    // Who calls from this process could read the store just as well.
    private JsonElement? ResultOf(TicketRecord record)
    {
        if (record.Ending != Ending.Finished)
            return null;
        bool isOpen = CallContext.Current?.Http is not { } http || options.OpensSecretsFor(http);
        ReadOnlyMemory<byte> shown = isOpen ? site.Secrets.Opened(record.Result) : SecretDesk.Masked(record.Result);
        using JsonDocument read = JsonDocument.Parse(shown, new JsonDocumentOptions { MaxDepth = 1000 });
        return read.RootElement.Clone();
    }
}
