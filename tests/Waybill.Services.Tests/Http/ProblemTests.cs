using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Services.Http;
using Waybill.Services.Tests.Asynchronous;
using Waybill.Stores;

namespace Waybill.Services.Tests.Http;

public sealed class ProblemTests
{
    [Fact]
    public async Task A_fault_of_the_server_tells_its_client_nothing_but_the_trace_id()
    {
        await using TicketHost host = await TicketHost.StartAsync(
            app => app.MapGet("/fault", string () => throw new InvalidOperationException("the secret is 42")));

        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/fault");

        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("42", text);
        Assert.Equal("urn:waybill:problem:internal-error", (string)JsonNode.Parse(text)!["type"]!);
        Assert.NotEmpty((string)JsonNode.Parse(text)!["traceId"]!);
    }

    [Fact]
    public async Task A_store_that_is_away_is_503_and_worth_trying_again()
    {
        await using TicketHost host = await TicketHost.StartAsync(
            app => app.MapGet("/away", string () => throw new StoreUnavailableException("10.0.0.7 refused")));

        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/away");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.DoesNotContain("10.0.0.7", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_path_of_a_failed_request_begins_no_line_in_the_log()
    {
        LogLines log = new();
        await using TicketHost host = await TicketHost.StartAsync(app =>
        {
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
            app.MapGet("/fault/{name}", string () => throw new InvalidOperationException("a fault"));
        });

        await host.SendAsync(HttpMethod.Get, "/fault/a%0D%0AError: all is lost");

        Assert.Contains("GET /fault/a%0D%0AError:%20all%20is%20lost failed", log.Written);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not-found")]
    [InlineData("DELETE", "/v1/tickets/7", 405, "method-not-allowed")]
    public async Task A_bare_status_gets_details(string method, string path, int status, string name)
    {
        await using TicketHost host = await TicketHost.StartAsync();

        HttpResponseMessage response = await host.SendAsync(new HttpMethod(method), path);

        JsonObject problem = await TicketHost.JsonAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal($"urn:waybill:problem:{name}", (string)problem["type"]!);
        Assert.Equal(status, (int)problem["status"]!);
    }

    [Fact]
    public async Task Bodies_of_other_media_types_and_beyond_the_limit_are_refused()
    {
        await using TicketHost host = await TicketHost.StartAsync(
            app => app.MapPost("/read", async (HttpContext context) =>
                await StrictJson.ReadAsync<Order>(context.Request, bytesMax: 20)));

        HttpResponseMessage text = await host.Client.PostAsync("/read", new StringContent("""{"books":1}"""));
        HttpResponseMessage latin = await host.Client.PostAsync(
            "/read", new StringContent("""{"books":1}""", Encoding.Latin1, "application/json"));
        HttpResponseMessage large = await host.SendAsync(
            HttpMethod.Post, "/read", """{"books":1                        }""");
        HttpResponseMessage fine = await host.SendAsync(HttpMethod.Post, "/read", """{"books":1}""");

        Assert.Equal([415, 415, 413, 200], new[] { text, latin, large, fine }.Select(r => (int)r.StatusCode));
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> written = new();

        public IReadOnlyCollection<string> Written => written;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
