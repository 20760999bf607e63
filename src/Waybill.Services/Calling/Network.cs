namespace Waybill.Services.Calling;

/// <summary>The connections of this process to all endpoints.</summary>
internal sealed class Network : IDisposable
{
    public Network(ServicesOptions options) =>
        Invoker = options.Handler is { } given
            ? new HttpMessageInvoker(given, disposeHandler: false)
            : new HttpMessageInvoker(Connections(options), disposeHandler: true);

    public HttpMessageInvoker Invoker { get; }

    public void Dispose() => Invoker.Dispose();

    private static SocketsHttpHandler Connections(ServicesOptions options) => new()
    {
        // A service is called where its address says, and nowhere else.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = options.ConnectionsMax,
        // Names are looked up again after a while.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // The span of the call is the client's span; a second one beneath would tell nothing.
        ActivityHeadersPropagator = null,
    };
}
