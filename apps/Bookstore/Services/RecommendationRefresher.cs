using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookstore.Services;

/// <summary>Keeps recommendations fresh, in a process that is asked for them over HTTP.</summary>
internal sealed partial class RecommendationRefresher(
    RecommendationService recommendations, TimeProvider time, ILogger<RecommendationRefresher> log) : BackgroundService
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(LooksEvery, time);
        do
        {
            try
            {
                await recommendations.RefreshOnceAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(9101, LogLevel.Warning, "Recommendations could not be renewed; the last ones stay")]
    private partial void LogFailed(Exception error);
}
