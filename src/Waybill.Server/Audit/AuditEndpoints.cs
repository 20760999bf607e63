using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;

namespace Waybill.Server.Audit;

/// <summary>The audit trail, for admins.</summary>
internal static class AuditEndpoints
{
    private static readonly IReadOnlyList<QueryParameter> Filter =
    [
        new("from", QueryKind.Instant, "Acts that began at this instant or later."),
        new("before", QueryKind.Instant, "Acts that began before this instant."),
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("audit", ListAsync)
            .Is(ServerRole.Admin, "ListAudit", "What operators and admins did, oldest first.")
            .Takes([.. Filter, .. QueryParameter.Page])
            .Gives<Listing<AuditEntry>>();
        group.MapGet("audit/count", CountAsync)
            .Is(ServerRole.Admin, "CountAudit", "How many acts of operators and admins there were, exactly.")
            .Takes(Filter)
            .Gives<CountAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, AuditTrail audit)
    {
        Query query = Query.Of(http);
        Page<AuditEntry> page = await audit.ListAsync(
            query.Instant("from"), query.Instant("before"), query.Page(), http.RequestAborted);
        return Answer.Ok(Listing<AuditEntry>.Of(page, entry => entry));
    }

    private static async Task<IResult> CountAsync(HttpContext http, AuditTrail audit)
    {
        Query query = Query.Of(http);
        return Answer.Ok(new CountAnswer(await audit.CountAsync(
            query.Instant("from"), query.Instant("before"), http.RequestAborted)));
    }
}
