using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Keys;
using Waybill.Server.Watching;
using Waybill.Services.Asynchronous;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Server.Tests;

public sealed class KeyWatchTests : IAsyncDisposable
{
    private readonly SeenCalls seen = new();
    private readonly TicketRequests requests = new();
    private readonly MemoryStore store = new(new FakeTime());

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/elements/{id}/events")]
    public async Task A_stream_is_broken_off_when_its_key_is_revoked(string path)
    {
        await using ServerHost host = await StartAsync();
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("a", ServerRole.Submitter));
        HttpClient holder = host.With(issued.Secret);
        string id = await holder.SubmitAsync("1", "books");
        using EventReader events = await EventReader.OpenAsync(holder, path.Replace("{id}", id));
        await events.NextAsync();

        await RevokeElsewhereAsync(host, issued);
        await LookAsync(host);
        await HappenAsync(host);

        Assert.NotNull(await Record.ExceptionAsync(events.NextAsync));
    }

    [Fact]
    public async Task A_stream_is_broken_off_when_its_key_runs_out()
    {
        await using ServerHost host = await StartAsync();
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("a", ServerRole.Reader)
        {
            ExpiresAt = host.Site.Time.GetUtcNow().AddMinutes(1),
        });
        using EventReader events = await EventReader.OpenAsync(host.With(issued.Secret), "/v1/events");
        await events.NextAsync();

        host.Site.Time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(host);
        await HappenAsync(host);

        Assert.NotNull(await Record.ExceptionAsync(events.NextAsync));
    }

    [Fact]
    public async Task A_wait_for_a_ticket_is_broken_off_when_its_key_is_revoked()
    {
        await using ServerHost host = await StartAsync();
        IssuedApiKey issued = await host.IssueAsync(new NewApiKey("a", ServerRole.Submitter));
        HttpClient holder = host.With(issued.Secret);
        string id = await holder.SubmitAsync("1", "books");

        Task<HttpResponseMessage> waiting = await HoldAsync(holder, id);
        await RevokeElsewhereAsync(host, issued);
        await LookAsync(host);
        await HappenAsync(host);

        Assert.NotNull(await Record.ExceptionAsync(() => waiting));
        await requests.Left;
        Assert.Equal(0, host.Services.GetRequiredService<ElementWatch>().Waiting);
    }

    [Fact]
    public async Task What_goes_on_under_other_keys_goes_on()
    {
        await using ServerHost host = await StartAsync();
        IssuedApiKey revoked = await host.IssueAsync(new NewApiKey("a", ServerRole.Submitter));
        HttpClient other = await host.HolderAsync(ServerRole.Submitter);
        string id = await other.SubmitAsync("1", "books");
        Task<HttpResponseMessage> waiting = await HoldAsync(other, id);

        await RevokeElsewhereAsync(host, revoked);
        await LookAsync(host);
        await host.Site.RunUntilQuietAsync();

        await Task.FromResult(await waiting).JsonAsync();
    }

    [Fact]
    public async Task However_many_wait_the_keys_are_read_once()
    {
        await using ServerHost host = await StartAsync();
        HttpClient holder = await host.HolderAsync(ServerRole.Submitter);
        string[] ids = [await holder.SubmitAsync("1", "books"), await holder.SubmitAsync("2", "books")];
        foreach (string id in ids)
            await HoldAsync(holder, id);
        seen.KeyReads = 0;

        host.Services.GetRequiredService<KeyRing>().Forget();
        await host.Services.GetRequiredService<KeyWatch>().LookOnceAsync();
        await host.Services.GetRequiredService<KeyWatch>().LookOnceAsync();

        Assert.Equal(1, seen.KeyReads);
    }

    [Fact]
    public async Task An_answered_request_is_held_no_more()
    {
        await using ServerHost host = await StartAsync();
        HttpClient holder = await host.HolderAsync(ServerRole.Submitter);
        string id = await holder.SubmitAsync("1", "books");
        Task<HttpResponseMessage> waiting = await HoldAsync(holder, id);
        await host.Site.RunUntilQuietAsync();
        await (await waiting).Content.ReadAsStringAsync();
        await requests.Completed;
        seen.KeyReads = 0;

        host.Services.GetRequiredService<KeyRing>().Forget();
        await host.Services.GetRequiredService<KeyWatch>().LookOnceAsync();

        Assert.Equal(0, seen.KeyReads);
    }

    // As another process does it: nobody tells this one.
    private static Task RevokeElsewhereAsync(ServerHost host, IssuedApiKey issued) =>
        host.Site.Store.Records.WriteAsync(
            [new RecordWrite(new RecordKey("api-key", issued.Key.Prefix), null)], default);

    private static async Task LookAsync(ServerHost host)
    {
        host.Site.Time.Advance(TimeSpan.FromSeconds(2));
        await host.Services.GetRequiredService<KeyWatch>().LookOnceAsync();
    }

    // What they would hear of if they were not broken off.
    private static async Task HappenAsync(ServerHost host)
    {
        await host.Site.RunUntilQuietAsync();
        await host.Services.GetRequiredService<ElementWatch>().LookOnceAsync(default);
        await host.Services.GetRequiredService<NodeCounters>().TellOnceAsync(default);
    }

    private async Task<Task<HttpResponseMessage>> HoldAsync(HttpClient client, string id)
    {
        Task looked = seen.NextLook();
        HttpRequestMessage request = new(HttpMethod.Get, $"/v1/tickets/{id}");
        request.Headers.Add("Prefer", "wait=60");
        Task<HttpResponseMessage> held = client.SendAsync(request);
        await looked;
        return held;
    }

    private Task<ServerHost> StartAsync() =>
        ServerHost.StartAsync(
            [Sample.Parcels()],
            build: builder => builder.Services.AddSingleton<IStartupFilter>(requests),
            store: new FaultyStore(store, seen));

    /// <summary>Tells when the server is done with a request for a ticket; its client may hear before that.</summary>
    private sealed class TicketRequests : IStartupFilter
    {
        private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first has left all that handles it.</summary>
        public Task Left => left.Task;

        /// <summary>All that was registered with the first has been disposed of.</summary>
        public Task Completed => completed.Task;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, handle) =>
            {
                if (!context.Request.Path.StartsWithSegments("/v1/tickets"))
                {
                    await handle(context);
                    return;
                }

                // The first that is registered is told last.
                context.Response.OnCompleted(() =>
                {
                    completed.TrySetResult();
                    return Task.CompletedTask;
                });
                try
                {
                    await handle(context);
                }
                finally
                {
                    left.TrySetResult();
                }
            });
            next(app);
        };
    }

    /// <summary>Tells when a ticket is looked at, and counts how often keys are read.</summary>
    private sealed class SeenCalls : IStoreFaults
    {
        private TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int KeyReads { get; set; }

        public Task NextLook() => (looked = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public async Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            T result = await apply();
            if (call == "Tickets.Standing")
                looked.TrySetResult();
            if (call == "Records.List")
                KeyReads++;
            return result;
        }

        public void Hint(Action arrived) => arrived();
    }
}
