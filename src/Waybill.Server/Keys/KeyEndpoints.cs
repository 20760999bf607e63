using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;

namespace Waybill.Server.Keys;

/// <summary>API keys, for admins.</summary>
internal static class KeyEndpoints
{
    private static readonly TimeSpan OverlapDefault = TimeSpan.FromDays(1);

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("keys", ListAsync)
            .Is(ServerRole.Admin, "ListKeys", "The API keys, without their secrets.")
            .Takes(QueryParameter.Page)
            .Gives<Listing<ApiKey>>();
        group.MapGet("keys/count", CountAsync)
            .Is(ServerRole.Admin, "CountKeys", "How many API keys there are, those that have ended among them.")
            .Gives<CountAnswer>();
        group.MapPost("keys", CreateAsync)
            .Is(ServerRole.Admin, "CreateKey", "Makes an API key. Its secret is in the answer, and nowhere else.")
            .Reads<NewKeyBody>()
            .Gives<IssuedKeyAnswer>(StatusCodes.Status201Created);
        group.MapPost("keys/{prefix}/rotate", RotateAsync)
            .Is(ServerRole.Admin, "RotateKey", "Gives a key a new secret; the one before works on for a while.")
            .Reads<RotateBody>()
            .Gives<IssuedKeyAnswer>();
        group.MapPost("keys/{prefix}/revoke", RevokeAsync)
            .Is(ServerRole.Admin, "RevokeKey", "Ends a key.")
            .Reads<ReasonBody>()
            .Gives<CountAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, ApiKeys keys) =>
        Answer.Ok(Listing<ApiKey>.Of(await keys.ListAsync(Query.Of(http).Page(), http.RequestAborted), key => key));

    private static async Task<IResult> CountAsync(HttpContext http, ApiKeys keys)
    {
        Query.Of(http);
        return Answer.Ok(new CountAnswer(await keys.CountAsync(http.RequestAborted)));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ApiKeys keys)
    {
        Query.Of(http);
        NewKeyBody body = await StrictJson.ReadAsync<NewKeyBody>(http.Request, cancel: http.RequestAborted);
        NewApiKey key = new(body.Name, body.Role) { Workflows = body.Workflows ?? [], ExpiresAt = body.ExpiresAt };
        try
        {
            IssuedApiKey issued = await keys.CreateAsync(key, Caller.Of(http), body.Reason, http.RequestAborted);
            return Issued(http, issued, StatusCodes.Status201Created);
        }
        catch (ArgumentException wrong)
        {
            throw Answer.Invalid(wrong);
        }
    }

    private static async Task<IResult> RotateAsync(string prefix, HttpContext http, ApiKeys keys)
    {
        Query.Of(http);
        RotateBody body = await StrictJson.ReadOptionalAsync<RotateBody>(http.Request, cancel: http.RequestAborted)
            ?? new RotateBody();
        if (body.OverlapSeconds is < 0 or > 30 * 86_400)
            throw Answer.Invalid("The secret before can work on for 0 seconds to 30 days.");
        TimeSpan overlap = body.OverlapSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : OverlapDefault;
        IssuedApiKey issued = await keys.RotateAsync(
            prefix, overlap, Caller.Of(http), body.Reason, http.RequestAborted) ?? throw Missing();
        return Issued(http, issued, StatusCodes.Status200OK);
    }

    private static async Task<IResult> RevokeAsync(string prefix, HttpContext http, ApiKeys keys)
    {
        Query.Of(http);
        ReasonBody body = await StrictJson.ReadOptionalAsync<ReasonBody>(http.Request, cancel: http.RequestAborted)
            ?? new ReasonBody();
        return await keys.RevokeAsync(prefix, Caller.Of(http), body.Reason, http.RequestAborted)
            ? Answer.Ok(new CountAnswer(1))
            : throw Missing();
    }

    private static IResult Issued(HttpContext http, IssuedApiKey issued, int status)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Answer.Of(new IssuedKeyAnswer(issued.Key, issued.Secret), status);
    }

    private static ProblemException Missing() => Answer.NotFound("There is no key with that prefix.");
}

/// <summary>An API key that is to be made.</summary>
/// <param name="Name">Whose key it is, or for what: 1 to 100 characters.</param>
/// <param name="Role">What its holder may do.</param>
/// <param name="Workflows">The workflows that it is limited to; none for all.</param>
/// <param name="ExpiresAt">When it stops working; none for never.</param>
/// <param name="Reason">Why; kept in the audit trail.</param>
internal sealed record NewKeyBody(
    string Name, ServerRole Role, IReadOnlyList<string>? Workflows = null, DateTimeOffset? ExpiresAt = null,
    string? Reason = null);

/// <summary>How a key is rotated.</summary>
/// <param name="OverlapSeconds">For how long the secret before works on; none for a day.</param>
/// <param name="Reason">Why; kept in the audit trail.</param>
internal sealed record RotateBody(long? OverlapSeconds = null, string? Reason = null);

/// <summary>A key with its secret, which is shown this once.</summary>
internal sealed record IssuedKeyAnswer(ApiKey Key, string Secret)
{
    /// <summary>The visible part alone.</summary>
    public override string ToString() => Key.Prefix;
}
