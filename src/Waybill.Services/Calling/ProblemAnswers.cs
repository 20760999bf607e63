using System.Net;
using System.Text.Json;
using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Reads what an endpoint says when it does not answer with a result.</summary>
internal static class ProblemAnswers
{
    public static Answer Read(OperationContract operation, Uri endpoint, HttpResponseMessage response, byte[] body)
    {
        (string? type, string? code, string? detail) = Members(body);
        string why = $"{endpoint} says {(int)response.StatusCode} {type}: {detail ?? "nothing more."}";
        TimeSpan? retryAfter = response.Headers.RetryAfter?.Delta;
        return (response.StatusCode, type) switch
        {
            (HttpStatusCode.UnprocessableEntity, ProblemTypes.Refused)
                when code is not null && RefusedException.IsCode(code) =>
                new Answer(null, new RefusedException(code, detail ?? code), Verdict.Sound),
            (HttpStatusCode.RequestTimeout, _) => Failed(CallFailure.DeadlinePassed, Verdict.Sound),
            (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable, _) =>
                Failed(CallFailure.Unavailable, Verdict.Busy),
            (HttpStatusCode.Conflict, _) when type == IdempotencyProblems.InProgress.Uri =>
                Failed(CallFailure.Unavailable, Verdict.Underway),
            (_, ProblemTypes.DependencyFailed) => Failed(CallFailure.Failed, Verdict.Dependent),
            (HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout, _) =>
                Failed(CallFailure.Unavailable, Verdict.Broken),
            ( >= HttpStatusCode.InternalServerError, _) => Failed(CallFailure.Failed, Verdict.Broken),
            _ => Failed(CallFailure.Rejected, Verdict.Sound),
        };

        Answer Failed(CallFailure failure, Verdict verdict) =>
            new(null, new ServiceCallException(failure, operation.Address, why), verdict, retryAfter);
    }

    // A proxy in between may answer with anything at all.
    private static (string? Type, string? Code, string? Detail) Members(byte[] body)
    {
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            return problem.RootElement.ValueKind == JsonValueKind.Object
                ? (Text("type"), Text("code"), Text("detail"))
                : default;

            string? Text(string name) =>
                problem.RootElement.TryGetProperty(name, out JsonElement member)
                && member.ValueKind == JsonValueKind.String
                    ? member.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
