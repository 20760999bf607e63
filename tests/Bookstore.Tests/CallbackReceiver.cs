using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Bookstore.Tests;

/// <summary>Somebody who waits to be called back once.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly TaskCompletionSource<(string Signature, string Body)> told =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly WebApplication app;

    private CallbackReceiver()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(TakeAsync);
    }

    public string Url => $"{app.Urls.Single()}/told";

    public static async Task<CallbackReceiver> StartAsync()
    {
        CallbackReceiver receiver = new();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>The signature and the body of the first callback.</summary>
    public Task<(string Signature, string Body)> ToldAsync() =>
        told.Task.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        string body = await reader.ReadToEndAsync(http.RequestAborted);
        told.TrySetResult((http.Request.Headers["webhook-signature"].ToString(), body));
    }
}
