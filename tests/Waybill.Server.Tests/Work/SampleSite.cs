using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Hosting;
using Waybill.Sqlite;
using Waybill.Stores;

namespace Waybill.Server.Tests.Work;

/// <summary>A real server on a free loopback port before a site in a file, with nodes that the samples run.</summary>
internal sealed class SampleSite : IAsyncDisposable
{
    private static readonly Node<Gift> Wrap = new("wrap");
    private static readonly Node<Gift> Send = new("send");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-work-");
    private readonly WebApplication app;
    private readonly List<Ticket<Gift>> tickets = [];

    private SampleSite()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddWaybill(site => site.UseSqlite(Path.Combine(folder.FullName, "site.db")).Add(Flow));
        builder.Services.AddWaybillServer();
        app = builder.Build();
        app.MapWaybill();
    }

    // Short leases, since tests wait for them to lapse; no retry waits, and none is the last.
    public static Workflow<Gift, Gift> Flow { get; } = Workflow<Gift, Gift>.Named("gifts").StartsAt(Wrap)
        .Node(Wrap, n => n.RunRemotely(TimeSpan.FromSeconds(2)).GoesTo(Send).Finishes()
            .Retry(1000, Backoff.None).Timeout(TimeSpan.FromHours(2)))
        .Node(Send, n => n.RunRemotely(TimeSpan.FromSeconds(2)).Finishes()
            .Retry(1000, Backoff.None).Timeout(TimeSpan.FromHours(2)));

    public string Address => app.Urls.Single();

    public string WorkerKey { get; private set; } = "";

    private SiteClient Client => app.Services.GetRequiredService<SiteClient>();

    public static async Task<SampleSite> StartAsync()
    {
        SampleSite site = new();
        await site.app.StartAsync();
        IssuedApiKey key = await site.app.Services.GetRequiredService<ApiKeys>().CreateAsync(
            new NewApiKey("robots", ServerRole.Worker) { Workflows = ["gifts"] }, new Actor("test"));
        site.WorkerKey = key.Secret;
        return site;
    }

    public async Task SubmitAsync(int gifts)
    {
        for (int i = 0; i < gifts; i++)
            tickets.Add(await Client.SubmitAsync(Flow, $"gift-{tickets.Count}", new Gift($"Book {i}")));
    }

    /// <summary>
    /// Waits until all have finished, and checks that each step took effect once: in the result, and in the journal.
    /// </summary>
    /// <param name="steps">What is to be done to each, in this order.</param>
    /// <returns>How many runs failed on the way.</returns>
    public async Task<int> AllDoneOnceAsync(params string[] steps)
    {
        int failed = 0;
        foreach (Ticket<Gift> ticket in tickets)
        {
            TicketStatus<Gift> status = await Client.WaitAsync(ticket).WaitAsync(
                TimeSpan.FromSeconds(90), TimeProvider.System);
            Assert.Equal(steps, status.Result!.Steps);
            HistoryPage whole = await Client.Store.Journal.HistoryAsync(new(ticket.Id), new(1000), default);
            JournalKind[] history = [.. whole.Items.Select(entry => entry.Kind)];
            failed += history.Count(kind => kind == JournalKind.Retried);
            Assert.Equal(
                [JournalKind.Accepted, .. Enumerable.Repeat(JournalKind.Moved, steps.Length - 1), JournalKind.Finished],
                history.Where(kind => kind != JournalKind.Retried));
        }

        return failed;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

internal sealed record Gift(string Title, IReadOnlyList<string>? Steps = null);
