using System.Net;
using System.Net.Sockets;

namespace Waybill.Server.Callbacks;

/// <summary>
/// Connects where callbacks may be sent, and nowhere else. Judges the address that is connected to, not the name: a
/// name can lead anywhere, and elsewhere a moment later. Follows no redirect, uses no proxy, keeps no cookies.
/// </summary>
/// <param name="options">What an operator allows.</param>
/// <param name="resolve">Finds the addresses of a name.</param>
internal sealed class GuardedConnections(
    CallbackOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    // A kept connection is not judged again, so it is not kept for long.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(1);

    private readonly AddressJudge judge = new(options);

    /// <summary>Sends requests through such connections.</summary>
    public HttpMessageInvoker ToInvoker() => new(new SocketsHttpHandler
    {
        ConnectCallback = ConnectAsync,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxConnectionsPerServer = 16,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
    });

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        DnsEndPoint target = context.DnsEndPoint;
        IPAddress[] addresses = await ResolveAsync(target.Host, cancel);
        IPAddress[] allowed = [.. addresses.Where(address => judge.Allows(target.Host, address))];
        if (allowed.Length == 0)
            throw Refused();
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancel);
            if (socket.RemoteEndPoint is not IPEndPoint remote || !judge.Allows(target.Host, remote.Address))
                throw Refused();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? literal))
            return [literal];
        try
        {
            return await resolve(host, cancel);
        }
        catch (SocketException)
        {
            throw new CallbackException("The host's name is not known.");
        }
    }

    private static CallbackException Refused() =>
        new("The host leads to no address that callbacks may be sent to. An operator can allow it.");
}
