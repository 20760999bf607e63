using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Stores;

namespace Waybill.Services.Http;

/// <summary>Turns what goes wrong behind it into problem details, and gives answers that were left for later.</summary>
internal sealed partial class ProblemMiddleware(
    RequestDelegate next, IServiceScopeFactory scopes, ILogger<ProblemMiddleware> log)
{
    private const int ClientClosedRequest = 499;
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        LateAnswer late = new();
        context.Features.Set(late);
        try
        {
            await next(context);
            await late.GiveAsync(context, scopes);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
                context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            ProblemException problem = Of(error);
            if (problem.Type.Status >= StatusCodes.Status500InternalServerError)
                LogFailed(context.Request.Method, context.Request.Path.ToUriComponent(), error);
            context.Response.Clear();
            await Problems.WriteAsync(context, problem);
            return;
        }

        if (OfStatus(context) is { } bare)
            await Problems.WriteAsync(context, bare);
    }

    /// <summary>What a client is told of an error.</summary>
    public static ProblemException Of(Exception error) => error switch
    {
        ProblemException problem => problem,
        InputException input => new(ProblemType.InvalidInput, input.Message, input),
        RouteException { Code: "waybill.data-too-large" } large => new(ProblemType.TooLarge, large.Message, large),
        RouteException { Code: "waybill.held-row" } row => new(ProblemType.Unusable, row.Message, row),
        BadHttpRequestException bad => new(OfStatus(bad.StatusCode), bad.Message, bad),
        StoreUnavailableException or StoreBrokenException => new(
            ProblemType.Unavailable, "The site's store cannot be reached. Nothing was done; try again later.", error)
        {
            RetryAfter = StoreRetry,
        },
        CommitOutcomeUnknownException => new(
            ProblemType.OutcomeUnknown,
            "The store went away in the middle. Send the same request with the same key again: it takes effect once.",
            error)
        {
            RetryAfter = StoreRetry,
        },
        _ => new(
            ProblemType.Internal,
            "Something failed that is not in the request. The operator finds it in the log under the trace id.",
            error),
    };

    /// <summary>What a response without a body that only has an error status says; null for all others.</summary>
    private static ProblemException? OfStatus(HttpContext context)
    {
        HttpResponse response = context.Response;
        bool isBare = !response.HasStarted && response.StatusCode >= StatusCodes.Status400BadRequest
            && response.StatusCode != ClientClosedRequest
            && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType);
        return isBare
            ? new(OfStatus(response.StatusCode), $"{context.Request.Method} {context.Request.Path} was refused.")
            : null;
    }

    private static ProblemType OfStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ProblemType.BadRequest,
        StatusCodes.Status404NotFound => ProblemType.NotFound,
        StatusCodes.Status413PayloadTooLarge => ProblemType.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemType.WrongMediaType,
        _ => new(
            ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase
                ? phrase.ToLowerInvariant().Replace(' ', '-')
                : $"http-{status}",
            status,
            ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } title ? title : $"HTTP {status}"),
    };

    [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception error);
}
