namespace Waybill.Services.Contracts;

/// <summary>The types of problems that calls are answered with; stable.</summary>
internal static class ProblemTypes
{
    public const string Prefix = "urn:waybill:problem:";

    public const string Refused = Prefix + "refused";
    public const string BadArguments = Prefix + "bad-arguments";
    public const string BodyTooLarge = Prefix + "body-too-large";
    public const string DeadlinePassed = Prefix + "deadline-passed";
    public const string Overloaded = Prefix + "overloaded";
    public const string OperationFailed = Prefix + "operation-failed";
    public const string DependencyFailed = Prefix + "dependency-failed";
}
