using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Waybill.Server.Callbacks;

/// <summary>Sends events, signed; reads no answer beyond its status.</summary>
/// <param name="http">Connects only to where callbacks may be sent: <see cref="GuardedConnections"/>.</param>
/// <param name="options">How long an attempt may take.</param>
/// <param name="time">The clock of signatures and attempts.</param>
internal sealed class CallbackSender(HttpMessageInvoker http, CallbackOptions options, TimeProvider time)
{
    /// <summary>Sends an event once.</summary>
    /// <param name="endpoint">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="cancel">Stops the attempt.</param>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="CallbackException">There was no answer.</exception>
    public async Task<HttpStatusCode> SendAsync(
        CallbackRecord endpoint, CallbackEvent message, CancellationToken cancel)
    {
        DateTimeOffset now = time.GetUtcNow();
        string signature = CallbackSecret.Sign(
            message.Id, now.ToUnixTimeSeconds(), message.Body, endpoint.ValidSecrets(now));
        using HttpRequestMessage request = new(HttpMethod.Post, endpoint.Url);
        request.Content = new ByteArrayContent(message.Body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(CallbackEvent.MediaType);
        request.Headers.UserAgent.ParseAdd("Waybill/1");
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", signature);
        // The attempt's own span; the event tells where the work began.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } attempt })
            request.Headers.TryAddWithoutValidation("traceparent", attempt);
        using CancellationTokenSource timeout = new(options.AttemptTimeMax, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            return response.StatusCode;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new CallbackException(FormattableString.Invariant(
                $"No answer within {options.AttemptTimeMax.TotalSeconds:0.#} seconds."));
        }
        catch (HttpRequestException error)
        {
            throw ToFailure(error);
        }
    }

    // In words of its own: what a library says may hold addresses of the inside, and people who submit can read it.
    private static CallbackException ToFailure(HttpRequestException error) => error switch
    {
        { InnerException: CallbackException refused } => refused,
        { HttpRequestError: HttpRequestError.NameResolutionError } => new("The host's name is not known."),
        { HttpRequestError: HttpRequestError.SecureConnectionError } => new("No secure connection could be made."),
        { HttpRequestError: HttpRequestError.ConnectionError } => new("No connection could be made."),
        _ => new("The connection ended without an answer."),
    };
}

/// <summary>An attempt to deliver failed; the message holds no secret and no address of the inside.</summary>
internal sealed class CallbackException(string message) : Exception(message);
