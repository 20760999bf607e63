using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Services.Http;

namespace Waybill.Server.Work;

/// <summary>Bounds how many claims wait at once, so that workers without number cannot fill the process.</summary>
internal sealed class ClaimLimit(IOptions<WaybillServerOptions> server)
{
    private int inside;

    /// <summary>A place, until it is disposed.</summary>
    /// <exception cref="ProblemException">There is none left.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref inside) <= server.Value.WorkClaimsMax)
            return new Place(this);
        Interlocked.Decrement(ref inside);
        throw new ProblemException(
            ServerProblems.TooManyRequests,
            $"{server.Value.WorkClaimsMax} claims wait at this process already. Try again later.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    private sealed class Place(ClaimLimit limit) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref limit.inside);
    }
}
