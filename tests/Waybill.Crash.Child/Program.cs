using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill;
using Waybill.Crash.Child;
using Waybill.Hosting;
using Waybill.Stores;

// Works until it is killed, or its parent says "drain" (go on until nothing is left), "stop", or goes away.
ChildOptions options = ChildOptions.Parse(args);
using Report report = new();
using RunLog log = new(options.Runs);
using Window window = new(options.Window);
Workload workload = new(log, window, options.Work);

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Logging.AddProvider(report);
builder.Services.AddWaybill(site =>
{
    site.UseStore(services => StoreChoice.Create(options.Store, services.GetRequiredService<TimeProvider>()));
    site.Add(workload.Parcels, workload.Legs, workload.Waves);
    site.Options.WorkerName = options.Name;
    site.Options.LeaseDuration = options.Lease;
    site.Options.PollInterval = TimeSpan.FromMilliseconds(100);
    if (options.Node is not null)
        site.Options.HostedNodes.Add(options.Node);
});

using IHost host = builder.Build();
host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(report.Stopping);
await host.StartAsync();
report.Ready();

SiteClient client = host.Services.GetRequiredService<SiteClient>();
using CancellationTokenSource draining = new();
Task submitting = new Submitter(client, workload, window, report).RunAsync(options.From, options.Count, draining.Token);
using StreamReader commands = new(Console.OpenStandardInput());
while (await commands.ReadLineAsync() is { } command)
{
    await draining.CancelAsync();
    if (command == "stop")
    {
        await host.StopAsync();
        return 0;
    }

    _ = DrainAsync();
}

// The parent went away without a word: there is nobody left to work for.
Environment.Exit(3);
return 3;

async Task DrainAsync()
{
    await submitting.ContinueWith(_ => { }, TaskScheduler.Default);
    using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    for (int tick = 1; await timer.WaitForNextTickAsync(); tick++)
    {
        try
        {
            IReadOnlyList<NodeCount> left =
                await client.Store.Directory.CountByNodeAsync(ElementFilter.All, CancellationToken.None);
            if (left.Count == 0)
                break;
            if (tick % 250 == 0)
                report.Left(left);
        }
        catch (Exception error)
        {
            report.CountFailed(error);
        }
    }

    report.Quiet();
}
