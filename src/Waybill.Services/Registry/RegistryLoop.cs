using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Services.Measuring;

namespace Waybill.Services.Registry;

/// <summary>Renews what this process shares with its site, and reads what the others share.</summary>
internal sealed partial class RegistryLoop(
    EndpointAnnouncer announcer,
    EndpointLookout lookout,
    ReportPublisher publisher,
    ServiceRegistryOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<RegistryLoop> log) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync("withdraw", announcer.WithdrawAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RunOnceAsync(stoppingToken);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration start = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using PeriodicTimer timer = new(options.Interval, time);
        do
        {
            await RunOnceAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One pass of each kind; one that fails does not keep the others from theirs.</summary>
    internal async Task RunOnceAsync(CancellationToken cancel)
    {
        await TryAsync("announce", announcer.AnnounceOnceAsync, cancel);
        await TryAsync("look", lookout.LookOnceAsync, cancel);
        await TryAsync("publish", publisher.PublishOnceAsync, cancel);
    }

    private async Task TryAsync(string pass, Func<CancellationToken, Task> run, CancellationToken cancel)
    {
        try
        {
            await run(cancel);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            LogPassFailed(pass, error);
        }
    }

    [LoggerMessage(7101, LogLevel.Warning, "The registry could not {Pass}; it tries again, calls go on as before")]
    private partial void LogPassFailed(string pass, Exception error);
}
