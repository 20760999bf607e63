using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Waybill.Services.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Calls_one_after_the_other_share_a_connection()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddSingleton(new Shelf()).AddServiceCalls();
        await using WebApplication app = builder.Build();
        app.MapService<IShelf, Shelf>();
        await app.StartAsync();
        int connections = 0;
        using SocketsHttpHandler handler = new();
        handler.ConnectCallback = async (context, cancel) =>
        {
            connections++;
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using HttpClient client = new(handler);

        for (int call = 0; call < 3; call++)
        {
            using StringContent body = new("""{"isbn":"111"}""", Encoding.UTF8, "application/json");
            Uri address = new($"{app.Urls.Single()}/services/shelf/v2/find");
            using HttpResponseMessage answer = await client.PostAsync(address, body);
            Assert.True(answer.IsSuccessStatusCode);
        }

        Assert.Equal(1, connections);
    }
}
