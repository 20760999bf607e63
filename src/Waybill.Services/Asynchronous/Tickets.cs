using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// Answers HTTP requests with tickets: submissions with 202, questions with the ticket as it stands, held back while
/// the client prefers to wait. Thread-safe.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="watch">Tells of what happens to elements.</param>
/// <param name="options">Paths and times.</param>
/// <param name="time">The clock of waits.</param>
public sealed class Tickets(SiteClient site, ElementWatch watch, TicketOptions options, TimeProvider time)
{
    internal const int ReasonLengthMax = 4000;

    /// <summary>
    /// Submits an element and answers: 202 with the receipt, <c>Location</c>, <c>Operation-Location</c> and
    /// <c>Retry-After</c>; with <c>Prefer: wait=n</c> 200 with the ticket, when it ends in time. A second submission
    /// with the same key gets the first one's ticket.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="businessKey">
    /// The key; null to take the one that goes with the request's <c>Idempotency-Key</c>, or a new one.
    /// </param>
    /// <param name="utf8Json">What goes in.</param>
    /// <exception cref="ProblemException">
    /// There is no such workflow, or the key cannot be used; what is wrong with the input is told by exceptions of the
    /// engine, which <see cref="Problems.UseProblems"/> answers too.
    /// </exception>
    public async Task<IResult> SubmitAsync(
        HttpContext context, string workflow, string? businessKey, ReadOnlyMemory<byte> utf8Json) =>
        await AcceptedAsync(context, await AcceptAsync(context, workflow, businessKey, utf8Json));

    /// <summary>
    /// As <see cref="SubmitAsync"/>, without the answer. The element's id is <see cref="StableId.Of"/>, unless an
    /// earlier submission holds the key.
    /// </summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task<TicketReceipt> AcceptAsync(
        HttpContext context, string workflow, string? businessKey, ReadOnlyMemory<byte> utf8Json)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!site.Workflows.Any(known => known.Name == workflow))
        {
            throw new ProblemException(
                ProblemType.NotFound, $"This site has no workflow \"{workflow}\". GET /v1/workflows lists them.");
        }

        Guid id = StableId.Of(context, time);
        try
        {
            return TicketReceipt.Of(await site.SubmitJsonAsync(
                workflow, businessKey ?? id.ToString("D"), utf8Json, new ElementId(id), context.RequestAborted));
        }
        catch (ArgumentException mistake)
        {
            throw new ProblemException(ProblemType.InvalidInput, WithoutParameter(mistake), mistake);
        }
    }

    /// <summary>As <see cref="SubmitAsync"/>, for an element that was submitted already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="receipt">Its receipt.</param>
    public async Task<IResult> AcceptedAsync(HttpContext context, TicketReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(receipt);
        Preferences preferences = Preferences.Of(context.Request);
        TimeSpan wait = WaitOf(preferences);
        string path = PathOf(context, receipt.Id);
        context.Response.Headers["Operation-Location"] = path;
        preferences.Applied(context.Response, wait);
        if (wait > TimeSpan.Zero && await EndedAsync(context, receipt.Id, wait) is { } view)
        {
            context.Response.Headers.ContentLocation = path;
            return TicketResult.Of(view, StatusCodes.Status200OK);
        }

        context.Response.Headers.Location = path;
        context.Response.Headers.RetryAfter = Problems.Seconds(options.RetryAfter);
        return new TicketResult(TicketJson.Of(receipt), null, StatusCodes.Status202Accepted);
    }

    /// <summary>
    /// Answers with a ticket: 200 with an entity tag, or 304. With <c>Prefer: wait=n</c> the answer is held back until
    /// the ticket ends; when the client knows a tag (<c>If-None-Match</c>), until it changes in any way.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The ticket's id, as the client wrote it.</param>
    /// <exception cref="ProblemException">There is no such ticket.</exception>
    public async Task<IResult> ReadAsync(HttpContext context, string id)
    {
        ArgumentNullException.ThrowIfNull(context);
        ElementId element = Parse(id);
        Preferences preferences = Preferences.Of(context.Request);
        TimeSpan wait = WaitOf(preferences);
        string[] known = Tags(context.Request);
        TicketResult result = await LookAsync(element, scope: null, wait, known, context.RequestAborted);
        preferences.Applied(context.Response, wait);
        if (!result.View!.HasEnded)
            context.Response.Headers.RetryAfter = Problems.Seconds(options.RetryAfter);
        else if (options.OpensSecretsFor(context))
            result = TicketResult.Of(result.View.Opened(site.Secrets), StatusCodes.Status200OK);
        return IsKnown(result, known) ? result.NotModified() : result;
    }

    /// <summary>As <see cref="ReadAsync"/>; when it is to be held back, that happens behind the pipeline.</summary>
    internal Task<IResult> ReadLateAsync(HttpContext context, string id) =>
        WaitOf(Preferences.Of(context.Request)) > TimeSpan.Zero
            ? LateAnswer.WorkAsync(context, () => ReadAsync(context, id))
            : ReadAsync(context, id);

    /// <summary>
    /// Asks an element, and all that it called, to cancel: 202 with the ticket, or 409 when it is too late.
    /// </summary>
    /// <param name="context">The request; its user is noted in the journal.</param>
    /// <param name="id">The ticket's id, as the client wrote it.</param>
    /// <param name="reason">Why; null to say nothing.</param>
    /// <exception cref="ProblemException">
    /// There is no such ticket, or it has ended; or the reason has more than 4,000 characters.
    /// </exception>
    public async Task<IResult> CancelAsync(HttpContext context, string id, string? reason)
    {
        ArgumentNullException.ThrowIfNull(context);
        ElementId element = Parse(id);
        if (reason?.Length > ReasonLengthMax)
        {
            throw new ProblemException(
                ProblemType.InvalidInput,
                $"A reason has at most {ReasonLengthMax} characters; this one has {reason.Length}.");
        }

        TicketView before = await FindAsync(element, scope: null, context.RequestAborted);
        Actor actor = new(NameOf(context.User), reason);
        CancelOutcome outcome = before.HasEnded
            ? CancelOutcome.TooLate
            : await site.CancelAsync(ElementRef.Of(element), actor, context.RequestAborted);
        TicketView view = await FindAsync(element, scope: null, context.RequestAborted);
        if (outcome is CancelOutcome.TooLate or CancelOutcome.NotFound)
        {
            throw new ProblemException(
                TicketProblems.Ended, $"Ticket {element} has ended already; its state is in the ticket.");
        }

        context.Response.Headers.Location = PathOf(context, element);
        context.Response.Headers.RetryAfter = Problems.Seconds(options.RetryAfter);
        return TicketResult.Of(view, StatusCodes.Status202Accepted);
    }

    /// <summary>An ended ticket as its client reads it, UTF-8 JSON; the same bytes each time.</summary>
    /// <param name="ticket">The ticket.</param>
    public static byte[] Write(TicketRecord ticket) => TicketJson.Of(new TicketView(ticket, null));

    private async Task<TicketView?> EndedAsync(HttpContext context, ElementId element, TimeSpan wait)
    {
        TicketView view = await LookAsync(element, scope: null, wait, context.RequestAborted);
        return view.HasEnded ? view : null;
    }

    /// <summary>A ticket when it has ended, or as it stands when the time is up.</summary>
    /// <exception cref="ProblemException">There is no such ticket, or it is not in the scope that is given.</exception>
    internal async Task<TicketView> LookAsync(
        ElementId element, TicketScope? scope, TimeSpan wait, CancellationToken cancel) =>
        (await LookAsync(element, scope, wait, known: [], cancel)).View!;

    /// <summary>
    /// Looks, and while there is time and nothing to tell, waits and looks again: for the end, or where tags are known,
    /// for another one.
    /// </summary>
    private async Task<TicketResult> LookAsync(
        ElementId element, TicketScope? scope, TimeSpan wait, string[] known, CancellationToken cancel)
    {
        bool isStepwise = known.Length > 0;
        if (wait <= TimeSpan.Zero || watch.Waiting >= options.WaitersMax)
            return TicketResult.Of(await FindAsync(element, scope, cancel), StatusCodes.Status200OK);
        using ElementWatching watching = watch.Open(element, endingOnly: !isStepwise);
        long begun = time.GetTimestamp();
        while (true)
        {
            TicketResult result = TicketResult.Of(await FindAsync(element, scope, cancel), StatusCodes.Status200OK);
            TimeSpan left = wait - time.GetElapsedTime(begun);
            bool isNews = isStepwise && !IsKnown(result, known);
            if (result.View!.HasEnded || isNews || left <= TimeSpan.Zero || watch.IsStopping)
                return result;
            await watching.WaitAsync(left, time, cancel);
        }
    }

    private async Task<TicketView> FindAsync(ElementId element, TicketScope? scope, CancellationToken cancel) =>
        await TicketView.FindAsync(site.Store, ElementRef.Of(element), cancel) is { } view
        && scope?.Covers(view.Ticket.Workflow) != false
            ? view
            : throw Unknown(element.ToString());

    private TimeSpan WaitOf(Preferences preferences) =>
        preferences.Wait is not { } wait ? TimeSpan.Zero : wait < options.WaitMax ? wait : options.WaitMax;

    private string PathOf(HttpContext context, ElementId element) =>
        $"{context.Request.PathBase}{options.Path}/{element}";

    private static string[] Tags(HttpRequest request) =>
    [
        .. request.Headers.IfNoneMatch
            .SelectMany(tags => (tags ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Select(tag => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag),
    ];

    private static bool IsKnown(TicketResult result, string[] known) =>
        known.Contains(result.Tag) || known.Contains("*");

    private static ElementId Parse(string id) =>
        Guid.TryParseExact(id, "D", out Guid value) ? new ElementId(value) : throw Unknown(id);

    private static ProblemException Unknown(string id) => new(
        TicketProblems.Unknown,
        $"There is no ticket \"{(id.Length > 100 ? id[..100] : id)}\". Perhaps it was forgotten: tickets are kept for "
        + "a limited time after their end.");

    private static string NameOf(ClaimsPrincipal user) =>
        string.IsNullOrWhiteSpace(user.Identity?.Name) ? "anonymous" : user.Identity.Name;

    // The parameter's name is this code's, not the client's.
    private static string WithoutParameter(ArgumentException mistake)
    {
        string suffix = $" (Parameter '{mistake.ParamName}')";
        return mistake.Message.EndsWith(suffix, StringComparison.Ordinal)
            ? mistake.Message[..^suffix.Length]
            : mistake.Message;
    }
}
