using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Watching;

/// <summary>The process's instruments and the site's counts, as Prometheus reads them.</summary>
internal static class MetricsEndpoint
{
    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", WriteAsync)
        .Is(ServerRole.Reader, "GetMetrics", "Metrics in Prometheus' text format.")
        .Produces<string>(StatusCodes.Status200OK, "text/plain");

    private static async Task<IResult> WriteAsync(HttpContext http, SiteClient site, Instruments instruments)
    {
        Query.Of(http);
        IReadOnlyList<NodeCount> counts = await site.Store.Directory.CountByNodeAsync(
            ElementFilter.All, http.RequestAborted);
        StringBuilder text = new();
        PrometheusText.Head(text, "waybill_elements", "gauge", "Elements in flight, by node and state");
        foreach (NodeCount count in counts)
        {
            string labels = PrometheusText.Labels(
                [
                    new("node", count.Node.ToString()),
                    new("state", EndpointWords.CamelCase(count.State.ToString())),
                ]);
            PrometheusText.Sample(text, "waybill_elements", labels, count.Count);
        }

        instruments.WriteTo(text);
        return Results.Text(text.ToString(), MediaType);
    }
}
