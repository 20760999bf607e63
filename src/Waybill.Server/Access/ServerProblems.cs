using Waybill.Services.Http;

namespace Waybill.Server.Access;

/// <summary>Kinds of problems that only the server has.</summary>
internal static class ServerProblems
{
    public static ProblemType Unauthenticated { get; } = new("unauthenticated", 401, "The caller is not known");

    public static ProblemType RoleMissing { get; } = new("role-missing", 403, "The caller's role does not allow it");

    public static ProblemType OutOfScope { get; } = new("out-of-scope", 403, "The caller's key is limited");

    public static ProblemType TooManyRequests { get; } = new("too-many-requests", 429, "There are too many requests");

    public static ProblemType CountChanged { get; } = new(
        "count-differs", 409, "The confirmed count is not that of the selection");
}
