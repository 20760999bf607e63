using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Watching;

/// <summary>Whether the process lives and can work; open to anyone, and saying nothing else.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan StoreTimeMax = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Answer.Ok(new HealthAnswer("live")))
            .AllowAnonymous().WithName("GetLive").WithSummary("Whether the process lives.")
            .Gives<HealthAnswer>()
            // Before keys are looked at: those are in the store, without which a process lives all the same.
            .ShortCircuit();
        routes.MapGet("/health/ready", ReadyAsync)
            .AllowAnonymous().WithName("GetReady").WithSummary("Whether the site's store can be reached.")
            .Gives<HealthAnswer>()
            .Gives<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, SiteClient site, TimeProvider time)
    {
        try
        {
            await site.Store.Records.ReadAsync([new RecordKey("api-key", "health")], http.RequestAborted)
                .WaitAsync(StoreTimeMax, time, http.RequestAborted);
            return Answer.Ok(new HealthAnswer("ready"));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Why is for the log of whoever needs the store; a probe learns only that.
            return Answer.Of(new HealthAnswer("unready"), StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>How the process is.</summary>
internal sealed record HealthAnswer(string Status);
