using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;
using Waybill.Services;

namespace Waybill.Server.Watching;

/// <summary>How services keep their promises, and who calls whom.</summary>
internal static class ServiceEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("services/levels", LevelsAsync)
            .Is(ServerRole.Reader, "ListServiceLevels", "Each operation as callers and services measured it.")
            .Gives<Listing<ServiceLevel>>();
        group.MapGet("services/graph", GraphAsync)
            .Is(ServerRole.Reader, "ListServiceEdges", "Which service or program called which.")
            .Gives<Listing<ServiceEdge>>();
    }

    private static async Task<IResult> LevelsAsync(HttpContext http, ServiceReports reports)
    {
        Query.Of(http);
        return Answer.Ok(new Listing<ServiceLevel>(await reports.LevelsAsync(http.RequestAborted), null));
    }

    private static async Task<IResult> GraphAsync(HttpContext http, ServiceReports reports)
    {
        Query.Of(http);
        return Answer.Ok(new Listing<ServiceEdge>(await reports.GraphAsync(http.RequestAborted), null));
    }
}
