using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookstore.Views;

/// <summary>Keeps the last warnings and errors of the log, for a terminal that shows something else.</summary>
public sealed class Notices(TextWriter? echo) : ILoggerProvider
{
    private const int Kept = 4;
    private readonly Queue<string> last = [];
    private readonly Lock gate = new();
    private bool isStarting;

    public IReadOnlyList<string> Last
    {
        get
        {
            lock (gate)
                return [.. last];
        }
    }

    /// <summary>
    /// Starts a host. Until that is done nothing is printed: where it fails, the exception says why, and not the
    /// commotion around it.
    /// </summary>
    public async Task StartAsync(IHost host, CancellationToken cancel)
    {
        SetStarting(true);
        await host.StartAsync(cancel);
        SetStarting(false);
    }

    public ILogger CreateLogger(string categoryName) => new Notebook(this);

    public void Dispose()
    {
        // The echo is the process's own error stream.
    }

    private void SetStarting(bool isSo)
    {
        lock (gate)
        {
            isStarting = isSo;
            if (isSo)
                return;
            foreach (string notice in last)
                echo?.WriteLine(notice);
        }
    }

    private void Add(string notice)
    {
        lock (gate)
        {
            last.Enqueue(notice);
            if (last.Count > Kept)
                last.Dequeue();
            if (!isStarting)
                echo?.WriteLine(notice);
        }
    }

    private sealed class Notebook(Notices notices) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            string cause = exception is null ? "" : $" ({exception.Message})";
            if (IsEnabled(logLevel))
                notices.Add($"{logLevel}: {formatter(state, exception)}{cause}");
        }
    }
}
