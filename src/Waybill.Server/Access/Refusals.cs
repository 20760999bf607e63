using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Waybill.Server.Access;

/// <summary>
/// Says why somebody is not let in, as problem details. Endpoints of the host that have policies of their own refuse in
/// the host's own way.
/// </summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler usual = new();

    public async Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        bool isOurs = policy.AuthenticationSchemes.Contains(ApiKeyHandler.SchemeName);
        if (authorizeResult.Succeeded || !isOurs)
            await usual.HandleAsync(next, context, policy, authorizeResult);
        else if (authorizeResult.Challenged)
            await Problems.WriteAsync(context, await ChallengeAsync(context));
        else
            await Problems.WriteAsync(context, Forbidden(context));
    }

    private static async Task<ProblemException> ChallengeAsync(HttpContext context)
    {
        AuthenticateResult result = await context.AuthenticateAsync(ApiKeyHandler.SchemeName);
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"waybill\"";
        return new ProblemException(
            ServerProblems.Unauthenticated,
            $"{result.Failure?.Message ?? "The request has no API key."} Send one as \"Authorization: Bearer wb_…\"; "
            + "an admin makes and rotates keys under /v1/keys.");
    }

    private static ProblemException Forbidden(HttpContext context)
    {
        Caller caller = Caller.Of(context);
        string request = $"{context.Request.Method} {context.Request.Path}";
        ServerRole? held = RoleRequirement.Held(context.User);
        if (RoleRequirement.Of(context.GetEndpoint())?.Least is not { } needed)
        {
            return new ProblemException(
                ServerProblems.RoleMissing, $"{request} is open to nobody: its endpoint states no policy.");
        }

        return caller.IsLimited && held >= needed
            ? new ProblemException(
                ServerProblems.OutOfScope,
                $"This key is limited to {string.Join(", ", caller.Workflows)}; {request} reaches further.")
            : new ProblemException(
                ServerProblems.RoleMissing,
                $"{request} needs the role {needed}, this caller has {held?.ToString() ?? "none"}.");
    }
}
