using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Keys;

namespace Waybill.Server.Access;

/// <summary>
/// Lets in who sends <c>Authorization: Bearer wb_…</c>; who then waits, for as long as the key is one.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, KeyRing ring,
    KeyWatch watch)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    public const string SchemeName = KeyIdentity.SchemeName;
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer + KeyText.Mark, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (KeyText.Parse(header[Bearer.Length..]) is not { } text || await ring.FindAsync(text) is not { } identity)
            return AuthenticateResult.Fail("The API key is not known, or has run out.");
        if (MayWait())
            Response.RegisterForDispose(watch.Hold(Context, text));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private bool MayWait() => Request.Headers.ContainsKey("Prefer")
        || Context.GetEndpoint()?.Metadata.GetMetadata<WaitsMetadata>() is not null;
}

/// <summary>Says of an endpoint that its answer goes on, or is held back, for more than a moment.</summary>
internal sealed record WaitsMetadata;
