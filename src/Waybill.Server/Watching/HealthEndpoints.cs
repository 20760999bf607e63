using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;

namespace Waybill.Server.Watching;

/// <summary>Whether the process lives and can work; open to anyone, so what the store says stays in the log.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Answer.Ok(new HealthAnswer("live")))
            .AllowAnonymous().WithName("GetLive").WithSummary("Whether the process lives.")
            .Gives<HealthAnswer>()
            // Before keys are looked at: those are in the store, without which a process lives all the same.
            .ShortCircuit();
        routes.MapGet("/health/ready", ReadyAsync)
            .AllowAnonymous().WithName("GetReady")
            .WithSummary("Whether the site's store can be read and takes commits.")
            .Gives<HealthAnswer>()
            .Gives<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, Readiness readiness)
    {
        HealthAnswer answer = await readiness.LookAsync(http.RequestAborted);
        return answer.Reason is null ? Answer.Ok(answer) : Answer.Of(answer, StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>How the process is.</summary>
/// <param name="Status">live, ready or unready.</param>
/// <param name="Reason">Why it is not ready.</param>
/// <param name="Since">Since when, where that is known.</param>
internal sealed record HealthAnswer(string Status, string? Reason = null, DateTimeOffset? Since = null);
