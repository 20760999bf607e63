using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Waybill.Server.Elements;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>
/// The endpoints that are told of tickets' ends, in records of kind <c>callback-endpoint</c>. Thread-safe.
/// </summary>
public sealed class CallbackDesk
{
    private const int NameLengthMax = 100;
    private const int UrlLengthMax = 2000;

    private readonly SiteClient site;
    private readonly IRecordStore records;
    private readonly CallbackOptions options;
    private readonly TimeProvider time;

    internal CallbackDesk(SiteClient site, CallbackOptions options, TimeProvider time)
    {
        this.site = site;
        records = site.Store.Records;
        this.options = options;
        this.time = time;
    }

    /// <summary>Registers an endpoint.</summary>
    /// <param name="name">What people call it: 1 to 100 characters.</param>
    /// <param name="url">An absolute address with <c>https:</c>, without user and fragment.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The endpoint with its secret, which cannot be read again.</returns>
    /// <exception cref="ArgumentException">The name or the address cannot be used.</exception>
    public async Task<CallbackSecretShown> RegisterAsync(string name, string url, CancellationToken cancel = default)
    {
        DateTimeOffset now = time.GetUtcNow();
        CallbackRecord endpoint = new(
            Guid.CreateVersion7(now).ToString("N"), CheckedName(name), CheckedUrl(url), now,
            [new CallbackSecretEntry(CallbackSecret.New(), null)]);
        await records.WriteAsync(
            [new RecordWrite(CallbackRecord.KeyOf(endpoint.Id), endpoint.ToJson()) { Expected = 0 }], cancel);
        return new CallbackSecretShown(endpoint.ToEndpoint(), endpoint.Secrets[0].Value);
    }

    /// <summary>An endpoint; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<CallbackEndpoint?> FindAsync(string id, CancellationToken cancel = default) =>
        (await FindRecordAsync(id, cancel))?.ToEndpoint();

    /// <summary>A page of the endpoints, oldest first.</summary>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<Page<CallbackEndpoint>> ListAsync(PageRequest? page = null, CancellationToken cancel = default)
    {
        Page<StoredRecord> found = await records.ListAsync(
            new RecordFilter(CallbackRecord.Kind), page ?? new PageRequest(), cancel);
        return new([.. found.Items.Select(record => CallbackRecord.Of(record).ToEndpoint())], found.Next);
    }

    /// <summary>How many endpoints there are, disabled ones among them.</summary>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsync(CancellationToken cancel = default) =>
        records.CountAsync(new RecordFilter(CallbackRecord.Kind), cancel);

    /// <summary>
    /// Gives an endpoint a new secret. The one before is signed with as well for <see
    /// cref="CallbackOptions.RotationOverlap"/>, so that the receiver can change over at any time in between.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The endpoint with its new secret; null when there is no such endpoint.</returns>
    public async Task<CallbackSecretShown?> RotateAsync(string id, CancellationToken cancel = default)
    {
        CallbackSecretEntry fresh = new(CallbackSecret.New(), null);
        DateTimeOffset until = time.GetUtcNow() + options.RotationOverlap;
        CallbackRecord? changed = await ChangeAsync(
            id,
            endpoint => endpoint with { Secrets = [fresh, endpoint.Secrets[0] with { Until = until }] },
            cancel);
        return changed is null ? null : new CallbackSecretShown(changed.ToEndpoint(), fresh.Value);
    }

    /// <summary>Sends nothing more to an endpoint. Deliveries that wait for it end as failed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The endpoint; null when there is none.</returns>
    public async Task<CallbackEndpoint?> DisableAsync(string id, string reason, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return (await ChangeAsync(id, endpoint => endpoint with { DisabledBecause = reason }, cancel))?.ToEndpoint();
    }

    /// <summary>Sends to an endpoint again, from now on; what failed meanwhile can be replayed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The endpoint; null when there is none.</returns>
    public async Task<CallbackEndpoint?> EnableAsync(string id, CancellationToken cancel = default) =>
        (await ChangeAsync(id, endpoint => endpoint with { DisabledBecause = null }, cancel))?.ToEndpoint();

    /// <summary>Forgets an endpoint and its secrets.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancel = default)
    {
        if (await FindRecordAsync(id, cancel) is null)
            return false;
        await records.WriteAsync([new RecordWrite(CallbackRecord.KeyOf(id), null)], cancel);
        return true;
    }

    /// <summary>
    /// Notes, before an element is submitted, that its end is to be told; durable when the task completes. Deliveries
    /// go on in the trace in which it is called.
    /// </summary>
    /// <param name="element">The id that the element will have.</param>
    /// <param name="endpoint">Who is to be told.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Whether there is such an endpoint; nothing is noted when there is none.</returns>
    public async Task<bool> OrderAsync(ElementId element, string endpoint, CancellationToken cancel = default)
    {
        if (await FindRecordAsync(endpoint, cancel) is null)
            return false;
        string? trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;
        CallbackOrder order = new(endpoint, trace);
        return await records.WriteAsync(
            [new RecordWrite(CallbackOrder.KeyOf(element), order.ToJson()) { KeepFor = options.OrderRetention }],
            cancel);
    }

    /// <summary>
    /// Tells a ticket's end again: the same event, with the same id. A delivery that was given up is retried; one that
    /// ended is made anew; one that is under way goes on.
    /// </summary>
    /// <param name="ticket">Which ticket.</param>
    /// <param name="replay">The replay's id: the same one again is the same replay.</param>
    /// <param name="actor">Who asks, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The delivery's element; null when nobody was told of that ticket, or it is long ago.</returns>
    public async Task<ElementId?> ReplayAsync(
        ElementId ticket, Guid replay, Actor actor, CancellationToken cancel = default)
    {
        if ((await records.ReadAsync([CallbackOrder.KeyOf(ticket)], cancel))[0] is not { } order)
            return null;
        TicketRecord? before = await site.Store.Tickets.FindAsync(
            ElementRef.Of(CallbackWorkflow.Name, ticket.ToString()), cancel);
        if (before is null)
            return null;
        if (before.Ending is null)
        {
            await site.Sidelined.RetryAsync(new SidelinedFilter { Id = before.Id }, actor, cancel);
            return before.Id;
        }

        CallbackDelivery delivery = CallbackOrder.Of(order).DeliveryOf(ticket);
        using Activity? span = delivery.StartSpan();
        return (await site.SubmitAsync(
            CallbackWorkflow.Definition, $"{ticket}/{replay:N}", delivery, cancel)).Id;
    }

    /// <summary>Takes an order back, when the element was not accepted under that id.</summary>
    /// <param name="element">The element.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task WithdrawAsync(ElementId element, CancellationToken cancel = default) =>
        records.WriteAsync([new RecordWrite(CallbackOrder.KeyOf(element), null)], cancel);

    /// <summary>How a ticket's end was told the first time; null when it was not.</summary>
    internal async Task<CallbackDeliveryAnswer?> HistoryAsync(
        ElementId ticket, HistoryPageRequest page, CancellationToken cancel)
    {
        TicketRecord? delivery = await site.Store.Tickets.FindAsync(
            ElementRef.Of(CallbackWorkflow.Name, ticket.ToString()), cancel);
        if (delivery is null)
            return null;
        HistoryPage rows = await site.Store.Journal.HistoryAsync(new HistoryFilter(delivery.Id), page, cancel);
        return new CallbackDeliveryAnswer(
            ticket.Value, delivery.Id.Value, delivery.Ending,
            [
                .. rows.Items.Where(row => row.Kind != JournalKind.Accepted)
                    .Select(row => new CallbackAttemptAnswer(row.At, row.Kind, ReasonOf(row.Detail) ?? Ended(row))),
            ],
            HistoryEndpoints.Text(rows.Next));

        string? Ended(JournalEntry row) => row.Kind == JournalKind.Failed ? delivery.Reason : null;
    }

    internal async Task<CallbackRecord?> FindRecordAsync(string id, CancellationToken cancel) =>
        IsId(id) && (await records.ReadAsync([CallbackRecord.KeyOf(id)], cancel))[0] is { } found
            ? CallbackRecord.Of(found)
            : null;

    private async Task<CallbackRecord?> ChangeAsync(
        string id, Func<CallbackRecord, CallbackRecord> change, CancellationToken cancel)
    {
        while (IsId(id) && (await records.ReadAsync([CallbackRecord.KeyOf(id)], cancel))[0] is { } found)
        {
            CallbackRecord changed = change(CallbackRecord.Of(found));
            RecordWrite write = new(found.Key, changed.ToJson()) { Expected = found.Revision };
            if (await records.WriteAsync([write], cancel))
                return changed;
        }

        return null;
    }

    // The failure's message alone: its stack trace says nothing to who asks how a delivery went.
    private static string? ReasonOf(string? detail)
    {
        if (detail is null)
            return null;
        using JsonDocument read = JsonDocument.Parse(detail);
        return read.RootElement.TryGetProperty("message", out JsonElement message) ? message.GetString() : null;
    }

    private static bool IsId(string id) => Guid.TryParseExact(id, "N", out Guid value) && id == value.ToString("N");

    private static string CheckedName(string name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= NameLengthMax && !name.Any(char.IsControl)
            ? name
            : throw new ArgumentException(
                $"An endpoint's name has 1 to {NameLengthMax} characters and no control characters.", nameof(name));

    // Names are judged when they are connected to; an address in place of a name is known to be wrong already.
    private string CheckedUrl(string url)
    {
        bool isGood = url is { Length: <= UrlLengthMax } && Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (options.AllowsHttp && uri.Scheme == Uri.UriSchemeHttp))
            && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            && (!IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out IPAddress? address)
                || new AddressJudge(options).Allows(uri.IdnHost, address));
        return isGood
            ? url!
            : throw new ArgumentException(
                "An endpoint's address is absolute, begins with "
                + $"{(options.AllowsHttp ? "http: or https:" : "https:")}, leads to a public host, "
                + $"has no user and no fragment, and at most {UrlLengthMax} characters.",
                nameof(url));
    }
}
