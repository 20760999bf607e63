using System.Text.Json;
using Waybill.Services.Asynchronous;
using Waybill.Services.Calling;
using Waybill.Services.Contracts;

namespace Waybill.Services;

/// <summary>
/// Follows the tickets that the asynchronous operations of a service are answered with: over the network, or in this
/// process when it serves the contract itself. Added with the client (<c>AddServiceClient</c>). Thread-safe.
/// </summary>
/// <typeparam name="TContract">The contract.</typeparam>
public sealed class ServiceTickets<TContract>
    where TContract : class
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ServiceContract contract;
    private readonly ITicketDesk desk;
    private readonly TicketPolls polls;
    private readonly TimeProvider time;

    internal ServiceTickets(CallPath path, TicketPolls polls, TimeProvider time)
    {
        contract = ServiceContract.Of(typeof(TContract));
        desk = ServiceProxy.Create<ITicketDesk>(path, contract.Tickets ?? throw new InvalidOperationException(
            $"{contract} has no asynchronous operations, so it has no tickets."));
        this.polls = polls;
        this.time = time;
    }

    /// <summary>How a ticket stands now.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="cancel">Stops waiting for the answer.</param>
    /// <typeparam name="T">What it brings.</typeparam>
    /// <exception cref="KeyNotFoundException">There is no such ticket (any more).</exception>
    /// <exception cref="ServiceCallException">There is no answer, or a result that is not of the contract.</exception>
    public async Task<TicketStatus<T>> ReadAsync<T>(Ticket<T> ticket, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return StatusOf(ticket, await desk.ReadAsync(ticket.Id.Value, 0, cancel));
    }

    /// <summary>
    /// Waits until a ticket has ended, and gives its result. Goes on when the service cannot be reached for a while.
    /// </summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="limit">How long to wait at the most; the present call may have less time left.</param>
    /// <param name="cancel">Stops waiting; the work goes on.</param>
    /// <typeparam name="T">What it brings.</typeparam>
    /// <exception cref="TicketException">It ended without a result: failed, cancelled or dropped.</exception>
    /// <exception cref="KeyNotFoundException">There is no such ticket (any more).</exception>
    /// <exception cref="ServiceCallException">
    /// It did not end in time (<see cref="CallFailure.DeadlinePassed"/>); or the service does not let the caller ask,
    /// or the result is not of the contract.
    /// </exception>
    public async Task<T> ResultAsync<T>(Ticket<T> ticket, TimeSpan limit, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        long begun = time.GetTimestamp();
        ServiceCallException? trouble = null;
        while (CallContext.Shortened(limit - time.GetElapsedTime(begun)) is var left && left > TimeSpan.Zero)
        {
            long asked = time.GetTimestamp();
            TimeSpan wait = TimeSpan.Zero;
            try
            {
                (TicketStanding? standing, wait) = await AskAsync(ticket.Id, left, cancel);
                if (StatusOf(ticket, standing) is { Ending: not null } ended)
                    return ended.Ending == Ending.Finished ? ended.Result! : throw TicketException.Of(ticket, ended);
            }
            catch (ServiceCallException error) when (MayPass(error))
            {
                trouble = error;
            }

            // Whoever answers before the time is up has no room for those who wait.
            if (time.GetElapsedTime(asked) is var took && (took < wait || wait == TimeSpan.Zero))
                await Task.Delay(left - took < Pause ? Max(left - took) : Pause, time, cancel);
        }

        throw new ServiceCallException(
            CallFailure.DeadlinePassed,
            contract.Address,
            $"ticket {ticket.Id} has not ended, and there were {limit.TotalSeconds:0.###} seconds.",
            trouble);
    }

    /// <summary>Asks the work to cancel; the ticket then tells how it ended.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="reason">Why, at most 4,000 characters; null to say nothing.</param>
    /// <param name="cancel">Stops waiting for the answer.</param>
    /// <typeparam name="T">What it brings.</typeparam>
    /// <returns>Whether it was in time; false when it had ended already.</returns>
    /// <exception cref="KeyNotFoundException">There is no such ticket (any more).</exception>
    /// <exception cref="ServiceCallException">There is no answer.</exception>
    public async Task<bool> CancelAsync<T>(
        Ticket<T> ticket, string? reason = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return await desk.CancelAsync(ticket.Id.Value, reason, cancel) ?? throw Unknown(ticket.Id);
    }

    private async Task<(TicketStanding? Standing, TimeSpan Wait)> AskAsync(
        ElementId ticket, TimeSpan left, CancellationToken cancel)
    {
        bool mayWait = polls.TryEnter();
        try
        {
            // A part of what is left, since an attempt is not given all of it.
            TimeSpan part = left / 4 < WaitMin ? WaitMin : left / 4;
            TimeSpan wait = !mayWait ? TimeSpan.Zero : part < WaitMax ? part : WaitMax;
            using IDisposable scope = CallContext.Limit(left, time);
            return (await desk.ReadAsync(ticket.Value, (int)wait.TotalMilliseconds, cancel), wait);
        }
        finally
        {
            if (mayWait)
                polls.Leave();
        }
    }

    private TicketStatus<T> StatusOf<T>(Ticket<T> ticket, TicketStanding? standing)
    {
        if (standing is null)
            throw Unknown(ticket.Id);
        try
        {
            T? result = standing.Result is { } json ? json.Deserialize<T>(ContractJson.Tolerant) : default;
            return new(standing.Ending, result, standing.Reason, standing.AcceptedAt, standing.EndedAt);
        }
        catch (JsonException error)
        {
            throw new ServiceCallException(
                CallFailure.BadAnswer, contract.Address, $"the result of ticket {ticket.Id}: {error.Message}", error);
        }
    }

    private static bool MayPass(ServiceCallException error) =>
        error.Failure is CallFailure.Unavailable or CallFailure.Failed or CallFailure.DeadlinePassed;

    private static TimeSpan Max(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private static KeyNotFoundException Unknown(ElementId ticket) =>
        new($"There is no ticket {ticket}. Perhaps it was forgotten: tickets are kept for a limited time.");
}
