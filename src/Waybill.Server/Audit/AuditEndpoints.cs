using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Wire;

namespace Waybill.Server.Audit;

/// <summary>The audit trail, for admins.</summary>
internal static class AuditEndpoints
{
    public static void Map(RouteGroupBuilder group) => group.MapGet("audit", ListAsync)
        .Is(ServerRole.Admin, "ListAudit", "What operators and admins did, oldest first.")
        .Takes([
            new("from", QueryKind.Instant, "Acts that began at this instant or later."),
            new("before", QueryKind.Instant, "Acts that began before this instant."),
            .. QueryParameter.Page,
        ])
        .Gives<Listing<AuditEntry>>();

    private static async Task<IResult> ListAsync(HttpContext http, AuditTrail audit)
    {
        Query query = Query.Of(http);
        Page<AuditEntry> page = await audit.ListAsync(
            query.Instant("from"), query.Instant("before"), query.Page(), http.RequestAborted);
        return Answer.Ok(Listing<AuditEntry>.Of(page, entry => entry));
    }
}
