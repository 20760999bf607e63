using Microsoft.Extensions.Hosting;

namespace Waybill.Server.Watching;

/// <summary>Looks again and again, with a pause before each look; of a row of failures it tells the first.</summary>
internal abstract class RepeatedLook(TimeProvider time) : BackgroundService
{
    /// <summary>The pause. It comes first: whoever opens the store may start later.</summary>
    protected abstract TimeSpan Interval { get; }

    /// <summary>Looks once.</summary>
    protected abstract Task LookAsync(CancellationToken cancel);

    /// <summary>Tells of a failure that does not follow another one.</summary>
    protected abstract void Tell(Exception error);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool hasFailed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await LookAsync(stoppingToken);
                hasFailed = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                if (!hasFailed)
                    Tell(error);
                hasFailed = true;
            }
        }
    }
}
