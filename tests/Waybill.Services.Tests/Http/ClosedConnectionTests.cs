using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waybill.Services.Http;

namespace Waybill.Services.Tests.Http;

public sealed class ClosedConnectionTests
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_client_that_hung_up_before_its_second_request_began_is_waited_for_by_nobody()
    {
        await using WebApplication app = Build();
        await app.StartAsync();
        Uri address = new(app.Urls.Single());
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, address.Port);

        await client.SendAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        byte[] answer = new byte[4096];
        for (int read = 0; !answer.AsSpan(0, read).EndsWith("done"u8);)
            read += await client.ReceiveAsync(answer.AsMemory(read));
        await client.SendAsync("GET /second HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        client.Close();

        await ended.Task;
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Request.Path == "/second")
                ended.SetResult();
        });
        app.UseProblems();
        app.MapGet("/first", AnswerAndLingerAsync);
        app.MapGet("/second", (HttpContext context) => Closed(context.RequestAborted));
        return app;
    }

    // The answer is complete, and its request goes on until the client has hung up.
    private static async Task AnswerAndLingerAsync(HttpContext context)
    {
        context.Response.ContentLength = 4;
        // The server makes the token that it keeps for the next request when somebody asks for it.
        Assert.False(context.RequestAborted.IsCancellationRequested);
        await context.Response.Body.WriteAsync("done"u8.ToArray());
        await Closed(context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed);
    }

    private static Task Closed(CancellationToken token)
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(closed.SetResult);
        return closed.Task;
    }
}
