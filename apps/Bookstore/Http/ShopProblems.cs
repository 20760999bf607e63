using Microsoft.AspNetCore.Http;
using Waybill.Services;
using Waybill.Services.Http;

namespace Bookstore.Http;

/// <summary>What services refuse, or fail to answer, as problems that the shop's clients understand.</summary>
internal static class ShopProblems
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private static ProblemType Away { get; } = new("service-away", 503, "A service that is needed does not answer");

    public static ProblemException Of(string name, int status, string detail) =>
        new(new ProblemType(name, status, "The shop refuses"), detail);

    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (RefusedException refusal)
        {
            throw Of(refusal.Code, StatusCodes.Status422UnprocessableEntity, refusal.Message);
        }
        catch (ServiceCallException failed) when (failed.Failure is not CallFailure.Failed)
        {
            throw new ProblemException(Away, "Nothing may have been done. Send the request again.", failed)
            {
                RetryAfter = LookAgain,
            };
        }
    }
}
