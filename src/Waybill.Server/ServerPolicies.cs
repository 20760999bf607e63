namespace Waybill.Server;

/// <summary>
/// The names of the server's authorization policies, one for each role, for a host's own endpoints: <c>
/// app.MapGet("/report", …).RequireAuthorization(ServerPolicies.Reader)</c>.
/// </summary>
public static class ServerPolicies
{
    /// <summary>Needs <see cref="ServerRole.Reader"/>, or more.</summary>
    public const string Reader = "waybill-reader";

    /// <summary>Needs <see cref="ServerRole.Submitter"/>, or more.</summary>
    public const string Submitter = "waybill-submitter";

    /// <summary>Needs <see cref="ServerRole.Worker"/>, or more.</summary>
    public const string Worker = "waybill-worker";

    /// <summary>Needs <see cref="ServerRole.Operator"/>, or more.</summary>
    public const string Operator = "waybill-operator";

    /// <summary>Needs <see cref="ServerRole.Admin"/>.</summary>
    public const string Admin = "waybill-admin";

    /// <summary>
    /// What stands for a role in a principal: a role claim of the same name as its policy. A host that authenticates
    /// people itself gives them one of these.
    /// </summary>
    /// <param name="role">The role.</param>
    public static string NameOf(ServerRole role) => role switch
    {
        ServerRole.Reader => Reader,
        ServerRole.Submitter => Submitter,
        ServerRole.Worker => Worker,
        ServerRole.Operator => Operator,
        ServerRole.Admin => Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There is no such role."),
    };
}
