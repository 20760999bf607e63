using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>Keeps what a server logs as its fault, and all that holds one of the secrets.</summary>
internal sealed class FuzzLog : ILoggerProvider
{
    private const int KeptMax = 20;

    // Some data makes a node of the site fail: that it does is no fault of the server.
    private const int Sidelined = 2301;

    private readonly ConcurrentQueue<string> faults = new();
    private volatile string[] secrets = [];

    public IReadOnlyList<string> Faults => [.. faults];

    public void Watch(IEnumerable<string> texts) => secrets = [.. texts];

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(FuzzLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            string text = $"{name} {eventId.Id}: {formatter(state, exception)} {exception}";
            bool isFault = logLevel >= LogLevel.Error && eventId.Id != Sidelined;
            bool isLeak = log.secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal));
            if ((isFault || isLeak) && log.faults.Count < KeptMax)
                log.faults.Enqueue(text);
        }
    }
}
