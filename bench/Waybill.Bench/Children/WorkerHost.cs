using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Bench.Workload;
using Waybill.Hosting;

namespace Waybill.Bench.Children;

/// <summary>
/// A worker that hosts the measured workflow, set up as a user's program would, with default options.
/// </summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan StandstillMax = TimeSpan.FromMinutes(1);

    private readonly IHost host;
    private readonly Worker worker;

    private WorkerHost(IHost host)
    {
        this.host = host;
        worker = host.Services.GetRequiredService<Worker>();
        Client = host.Services.GetRequiredService<SiteClient>();
    }

    public SiteClient Client { get; }

    /// <summary>How many hops the worker has committed.</summary>
    public long Hops => worker.Snapshot().Sum(node => node.Completed);

    /// <summary>How many elements the worker has brought to their end.</summary>
    public long Ended => worker.Snapshot().Where(node => node.Node.Equals(TenHops.Last)).Sum(node => node.Completed);

    public static async Task<WorkerHost> StartAsync(ChildTask task)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddWaybill(site =>
        {
            site.Add(TenHops.Workflow).UseStore(_ => task.Place.CreateStore());
            site.Options.InFlightMax = task.InFlightMax;
            site.Options.Json = OrderJson.Default.Options;
        });
        WorkerHost started = new(builder.Build());
        await started.host.StartAsync();
        return started;
    }

    /// <summary>Waits until so many hops have been committed, and says how many there are then.</summary>
    public async Task<long> HopsReachAsync(long count)
    {
        long hops = Hops;
        long movedAt = Stopwatch.GetTimestamp();
        using PeriodicTimer look = new(LookInterval);
        while (hops < count && await look.WaitForNextTickAsync())
        {
            long before = hops;
            hops = Hops;
            if (hops > before)
                movedAt = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(movedAt) > StandstillMax)
                throw new InvalidOperationException($"Nothing moved for {StandstillMax} at {hops} of {count} hops.");
        }

        return hops;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
