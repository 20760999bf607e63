namespace Waybill.Services.Contracts;

/// <summary>The types of problems that calls are answered with; stable.</summary>
internal static class ProblemTypes
{
    public const string Refused = "urn:waybill:problem:refused";
    public const string BadArguments = "urn:waybill:problem:bad-arguments";
    public const string BodyTooLarge = "urn:waybill:problem:body-too-large";
    public const string NotJson = "urn:waybill:problem:not-json";
    public const string DeadlinePassed = "urn:waybill:problem:deadline-passed";
    public const string Overloaded = "urn:waybill:problem:overloaded";
    public const string OperationFailed = "urn:waybill:problem:operation-failed";
    public const string DependencyFailed = "urn:waybill:problem:dependency-failed";
}
