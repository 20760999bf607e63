using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Waybill.Server.Access;

/// <summary>Bounds what connections may cost, and refuses to listen where other machines reach.</summary>
internal sealed class ServerLimits(IOptions<WaybillServerOptions> server) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        WaybillServerOptions chosen = server.Value;
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = chosen.ConnectionsMax;
        options.Limits.MaxRequestBodySize = chosen.BodyBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = chosen.HeaderBytesMax;
        options.Limits.RequestHeadersTimeout = chosen.HeaderTimeMax;
        options.ConfigureEndpointDefaults(listen => Check(listen, chosen));
    }

    internal static void Check(ListenOptions listen, WaybillServerOptions chosen)
    {
        bool isBeyond = listen.EndPoint is IPEndPoint ip && !IPAddress.IsLoopback(ip.Address);
        if (isBeyond && !chosen.ListensBeyondLoopback)
        {
            throw new InvalidOperationException(
                $"The server is asked to listen on {listen.EndPoint}, which other machines reach. Give it a loopback "
                + $"address, or put it behind TLS and set {nameof(WaybillServerOptions.ListensBeyondLoopback)}.");
        }
    }
}
