using System.Net;
using System.Net.Sockets;
using System.Text;
using Waybill.Server.Callbacks;

namespace Waybill.Server.Tests.Callbacks;

public sealed class GuardedConnectionsTests : IDisposable
{
    private readonly TcpListener receiver = new(IPAddress.Loopback, 0);
    private readonly CallbackOptions options = new() { AllowsHttp = true };

    public GuardedConnectionsTests() => receiver.Start();

    private int Port => ((IPEndPoint)receiver.LocalEndpoint).Port;

    public void Dispose() => receiver.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("shop.example", "127.0.0.1")]
    [InlineData("shop.example", "::ffff:127.0.0.1")]
    [InlineData("[::1]", "::1")]
    [InlineData("2130706433", "127.0.0.1")]
    [InlineData("0x7f.1", "127.0.0.1")]
    public async Task A_name_that_leads_inside_is_not_connected_to(string host, string address)
    {
        CallbackException refused = await Assert.ThrowsAsync<CallbackException>(() => SendAsync(host, address));

        Assert.Contains("no address that callbacks may be sent to", refused.Message);
        Assert.DoesNotContain(address, refused.Message);
        Assert.False(receiver.Pending());
    }

    [Fact]
    public async Task Of_a_names_addresses_only_those_that_are_allowed_are_tried()
    {
        options.AllowedNetworks.Add(IPNetwork.Parse("127.0.0.1/32"));
        Task<string> request = AnswerOnceAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        HttpStatusCode status = await SendAsync("shop.example", "10.0.0.1", "127.0.0.1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("POST /hook HTTP/1.1", await request);
        Assert.Contains("webhook-signature: v1,", await request);
        Assert.Contains("Host: shop.example", await request);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        options.AllowedHosts.Add("shop.example");
        Task<string> request = AnswerOnceAsync(
            $"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{Port}/inside\r\nContent-Length: 0\r\n\r\n");

        HttpStatusCode status = await SendAsync("shop.example", "127.0.0.1");

        await request;
        Assert.Equal(HttpStatusCode.TemporaryRedirect, status);
        Assert.False(receiver.Pending());
    }

    [Fact]
    public async Task An_endless_answer_is_not_read()
    {
        options.AllowedHosts.Add("shop.example");
        Task<string> request = AnswerOnceAsync("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nand so on");

        Assert.Equal(HttpStatusCode.OK, await SendAsync("shop.example", "127.0.0.1"));
        await request;
    }

    [Fact]
    public async Task A_refused_connection_shows_nothing_of_the_inside()
    {
        options.AllowedHosts.Add("shop.example");
        int port = Port;
        receiver.Stop();

        using HttpMessageInvoker http = new GuardedConnections(
            options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])).ToInvoker();
        CallbackException failed = await Assert.ThrowsAsync<CallbackException>(
            () => SendAsync(http, $"http://shop.example:{port}/hook"));

        Assert.Equal("No connection could be made.", failed.Message);
    }

    [Fact]
    public async Task An_unknown_name_is_told_as_such()
    {
        GuardedConnections connections = new(options, (_, _) => throw new SocketException(11001));
        using HttpMessageInvoker http = connections.ToInvoker();

        CallbackException failed = await Assert.ThrowsAsync<CallbackException>(
            () => SendAsync(http, "http://nowhere.example/hook"));

        Assert.Equal("The host's name is not known.", failed.Message);
    }

    private Task<HttpStatusCode> SendAsync(string host, params string[] addresses)
    {
        GuardedConnections connections = new(
            options, (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]));
        return SendAndCloseAsync(connections, $"http://{host}:{Port}/hook");
    }

    private async Task<HttpStatusCode> SendAndCloseAsync(GuardedConnections connections, string url)
    {
        using HttpMessageInvoker http = connections.ToInvoker();
        return await SendAsync(http, url);
    }

    private Task<HttpStatusCode> SendAsync(HttpMessageInvoker http, string url)
    {
        CallbackRecord endpoint = new(
            "1", "shop", url, default, [new CallbackSecretEntry(CallbackSecret.New(), null)]);
        return new CallbackSender(http, options, TimeProvider.System)
            .SendAsync(endpoint, new CallbackEvent("evt_1", "{}"u8.ToArray()), CancellationToken.None);
    }

    private async Task<string> AnswerOnceAsync(string answer)
    {
        using TcpClient client = await receiver.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[8192];
        int read = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, read).EndsWith("{}", StringComparison.Ordinal))
            read += await stream.ReadAsync(buffer.AsMemory(read));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
