using System.Globalization;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Bookstore.Http;

/// <summary>What browsers are shown when there is nothing to show: a page that says why, and where to go on.</summary>
internal static class ProblemHtml
{
    /// <summary>Whether an address is one of pages.</summary>
    public static bool IsPage(PathString path) => path.Value!.EndsWith(".html", StringComparison.Ordinal);

    /// <summary>Answers problems of pages as pages, and leaves all others as they are.</summary>
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (ProblemException problem) when (IsPage(invocation.HttpContext.Request.Path))
        {
            return Of(invocation.HttpContext, problem);
        }
    }

    private static IResult Of(HttpContext http, ProblemException problem)
    {
        bool isUnknown = problem.Type == ProblemType.NotFound;
        string title = isUnknown ? "No such book" : "Not at the moment";
        Html html = new();
        html.AddLine($"<h1>{title}</h1>");
        if (isUnknown)
            html.AddLine($"<p>Nothing is sold under this address.</p>");
        else
            html.AddLine($"<p>{problem.Type.Title}. Try again in a few seconds.</p>");
        html.AddLine($"<p><a href=\"/shop/books.html\">All books</a></p>");
        if (problem.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        return HtmlPage.Answer(http, title, html, "", problem.Type.Status);
    }
}
