using Microsoft.AspNetCore.Http;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;

namespace Waybill.Server.Callbacks;

/// <summary>Submits elements whose ends are told.</summary>
internal sealed class CallbackSubmission(SiteClient site, CallbackDesk desk, Tickets tickets, TimeProvider time)
{
    private static readonly ProblemType NoEndpoint = new(
        "callback-endpoint-unknown", 422, "There is no such callback endpoint");

    /// <summary>
    /// Notes whom to tell, then submits: an element that was accepted has its order, whatever dies in between. A
    /// submission that repeats an earlier one gets that one's ticket, and adds no callback to it.
    /// </summary>
    public async Task<IResult> SubmitAsync(
        HttpContext http, string workflow, string? businessKey, byte[] data, string endpoint)
    {
        if (!site.Workflows.Any(known => known.Name == CallbackWorkflow.Name))
            throw new ProblemException(NoEndpoint, "This site sends no callbacks: it does not add their workflow.");
        ElementId id = new(StableId.Of(http, time));
        if (!await desk.OrderAsync(id, endpoint, http.RequestAborted))
        {
            throw new ProblemException(
                NoEndpoint, "There is no callback endpoint of that id. An operator registers it first.");
        }

        TicketReceipt receipt = await AcceptAsync(
            http, id, () => tickets.AcceptAsync(http, workflow, businessKey, data));
        if (receipt.Id != id)
            await desk.WithdrawAsync(id, http.RequestAborted);
        return await tickets.AcceptedAsync(http, receipt);
    }

    // What was refused will never end. Of anything else nobody knows, and an order too many does no harm.
    private async Task<TicketReceipt> AcceptAsync(HttpContext http, ElementId id, Func<Task<TicketReceipt>> accept)
    {
        try
        {
            return await accept();
        }
        catch (Exception error) when (error is ProblemException or InputException or RouteException)
        {
            await desk.WithdrawAsync(id, http.RequestAborted);
            throw;
        }
    }
}
