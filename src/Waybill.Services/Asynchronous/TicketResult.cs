using Microsoft.AspNetCore.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>A ticket, or its receipt, as a response.</summary>
internal sealed class TicketResult(byte[] json, TicketView? view, int status) : IResult, IStatusCodeHttpResult
{
    public TicketView? View => view;

    /// <summary>The entity tag; null for a receipt, which is not the ticket itself.</summary>
    public string? Tag { get; } = view is null ? null : TicketJson.TagOf(json);

    public int? StatusCode => status;

    public static TicketResult Of(TicketView view, int status) => new(TicketJson.Of(view), view, status);

    public TicketResult NotModified() => new(json, view, StatusCodes.Status304NotModified);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-cache";
        if (Tag is not null && status is StatusCodes.Status200OK or StatusCodes.Status304NotModified)
            response.Headers.ETag = Tag;
        if (status == StatusCodes.Status304NotModified)
            return;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, httpContext.RequestAborted);
    }
}
