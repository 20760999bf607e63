using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Waybill.Services.Http;

namespace Waybill.Server.Access;

/// <summary>Holds each caller to a rate of requests: a key by its prefix, anyone else by name or address.</summary>
internal sealed class RequestRate(IOptions<WaybillServerOptions> server) : IMiddleware, IDisposable
{
    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(
        caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => BucketOf(server.Value)));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        using RateLimitLease lease = limiter.AttemptAcquire(await CallerAsync(context));
        if (!lease.IsAcquired)
        {
            throw new ProblemException(
                ServerProblems.TooManyRequests,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Each caller may send {server.Value.RequestsPerSecond:N0} requests a second. Try again later."))
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }

        await next(context);
    }

    public void Dispose() => limiter.Dispose();

    // Only a key that is right counts as such: else anyone could use up the rate of a key whose prefix they have seen.
    private static async Task<string> CallerAsync(HttpContext context)
    {
        AuthenticateResult byKey = await context.AuthenticateAsync(ApiKeyHandler.SchemeName);
        if (byKey.Principal?.FindFirst(Caller.KeyClaim)?.Value is { } key)
            return key;
        if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
            return "name " + name;
        IPAddress address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        // One machine can take any address of its /64, so that is what counts.
        return address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? "net " + Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : "address " + address;
    }

    private static TokenBucketRateLimiterOptions BucketOf(WaybillServerOptions options)
    {
        int parts = options.RequestsPerSecond < 10 ? 1 : 10;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestBurst,
            TokensPerPeriod = options.RequestsPerSecond / parts,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1d / parts),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
