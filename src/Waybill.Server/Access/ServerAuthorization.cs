using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Waybill.Server.Access;

/// <summary>A policy for each role, and for endpoints that state none: nobody.</summary>
internal sealed class ServerAuthorization(IOptions<WaybillServerOptions> server)
    : IConfigureOptions<AuthorizationOptions>
{
    public void Configure(AuthorizationOptions options)
    {
        string[] schemes = [ApiKeyHandler.SchemeName, .. server.Value.AuthenticationSchemes];
        foreach (ServerRole role in Enum.GetValues<ServerRole>())
        {
            options.AddPolicy(
                ServerPolicies.NameOf(role),
                policy => policy.AddAuthenticationSchemes(schemes).AddRequirements(new RoleRequirement(role)));
        }

        // Where there is no endpoint at all, a known caller may learn that there is none, or of what else is wrong.
        options.FallbackPolicy = new AuthorizationPolicyBuilder(schemes)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => context.Resource is HttpContext http && IsNone(http.GetEndpoint()))
            .Build();
    }

    // What routing puts in place of an endpoint that does not take the method or the media type; it only refuses.
    private static bool IsNone(Endpoint? endpoint) =>
        endpoint is null || (endpoint is not RouteEndpoint && endpoint.DisplayName
            is "405 HTTP Method Not Supported" or "415 HTTP Unsupported Media Type");
}
