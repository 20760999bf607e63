using System.Security.Claims;
using Waybill.Server.Keys;

namespace Waybill.Server.Access;

/// <summary>
/// Who sends a key. All requests with the key share it, so nothing can be added; further claims of a request go into an
/// identity of their own.
/// </summary>
internal sealed class KeyIdentity(string prefix, KeyRecord key) : ClaimsIdentity(ClaimsOf(prefix, key), SchemeName)
{
    public const string SchemeName = "WaybillKey";

    public override void AddClaim(Claim claim) => throw Shared();

    public override void AddClaims(IEnumerable<Claim?> claims) => throw Shared();

    public override void RemoveClaim(Claim? claim) => throw Shared();

    public override bool TryRemoveClaim(Claim? claim) => throw Shared();

    private static IEnumerable<Claim> ClaimsOf(string prefix, KeyRecord key) =>
    [
        // Names need not be unique; who reads a ledger must be able to tell two holders apart.
        new Claim(ClaimTypes.Name, $"{key.Name} (wb_{prefix})"),
        new Claim(ClaimTypes.NameIdentifier, prefix),
        new Claim(ClaimTypes.Role, ServerPolicies.NameOf(key.Role)),
        new Claim(Caller.KeyClaim, prefix),
        .. key.Workflows.Select(workflow => new Claim(Caller.WorkflowClaim, workflow)),
    ];

    private static InvalidOperationException Shared() => new(
        "All requests with an API key share its identity. Put further claims into another one: "
        + "principal.AddIdentity(new ClaimsIdentity(claims)).");
}
