using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Waybill.Server.Access;

/// <summary>Needs a role, or more; and of a caller limited to workflows, that the request is about one.</summary>
internal sealed record RoleRequirement(ServerRole Least) : IAuthorizationRequirement
{
    private static readonly ServerRole[] Roles = Enum.GetValues<ServerRole>();

    /// <summary>What an endpoint demands; null when it states none of the server's policies.</summary>
    public static RoleRequirement? Of(Endpoint? endpoint)
    {
        string[] policies =
            [.. endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? "") ?? []];
        ServerRole[] demanded = [.. Roles.Where(role => policies.Contains(ServerPolicies.NameOf(role)))];
        return demanded.Length == 0 ? null : new RoleRequirement(demanded.Max());
    }

    /// <summary>The highest role of a principal.</summary>
    public static ServerRole? Held(ClaimsPrincipal user)
    {
        for (int i = Roles.Length - 1; i >= 0; i--)
        {
            if (user.IsInRole(ServerPolicies.NameOf(Roles[i])))
                return Roles[i];
        }

        return null;
    }
}

/// <summary>Judges a <see cref="RoleRequirement"/>.</summary>
internal sealed class RoleRequirementHandler : AuthorizationHandler<RoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (RoleRequirement.Held(context.User) >= requirement.Least && IsInReach(context))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    // A limited key is refused wherever an endpoint neither names the workflow nor says that it looks itself.
    private static bool IsInReach(AuthorizationHandlerContext context)
    {
        Caller caller = Caller.Of(context.User);
        if (!caller.IsLimited)
            return true;
        if (context.Resource is not HttpContext http)
            return false;
        if (http.GetRouteValue("workflow") is string workflow)
            return caller.Reaches(workflow);
        return http.GetEndpoint()?.Metadata.GetMetadata<LooksAtScopeMetadata>() is not null;
    }
}

/// <summary>Says of an endpoint that it holds callers to their workflows itself.</summary>
internal sealed record LooksAtScopeMetadata;
