using Microsoft.Extensions.Logging;
using Waybill.Stores;

namespace Waybill.Crash.Child;

/// <summary>
/// Tells the parent what happened, a line each: <c>ready</c>, <c>ack NUMBER ID new|old</c>,
/// <c>refused NUMBER ERROR</c>, <c>asked CHANGE STATUS</c>, <c>answered CHANGE OUTCOMES</c>, <c>unasked ERROR</c>,
/// <c>log EVENT MESSAGE</c>, <c>left COUNTS</c>, <c>uncounted ERROR</c>, <c>quiet</c>, <c>stopping</c>.
/// </summary>
internal sealed class Report : ILoggerProvider, ILogger
{
    private readonly Lock gate = new();
    private readonly StreamWriter lines = new(Console.OpenStandardOutput()) { AutoFlush = true };

    public void Ready() => Line("ready");

    public void Acknowledged(int number, ElementId id, bool isNew) =>
        Line($"ack {number} {id} {(isNew ? "new" : "old")}");

    public void Refused(int number, Exception error) =>
        Line($"refused {number} {error.GetType().Name}: {error.Message}");

    public void Asked(ChangeId change, ChangeReceiptStatus status) => Line($"asked {change} {status}");

    /// <summary>What the ledger tells of a change whose caller waited for it.</summary>
    public void Answered(ChangeRecord change) => Line($"answered {change.Id} {Surcharge.OutcomesOf(change)}");

    public void Unasked(Exception error) => Line($"unasked {error.GetType().Name}: {error.Message}");

    public void Left(IEnumerable<NodeCount> counts) => Line($"left {string.Join(", ", counts)}");

    public void CountFailed(Exception error) => Line($"uncounted {error}");

    public void Quiet() => Line("quiet");

    public void Stopping() => Line("stopping");

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Line($"log {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $" ({exception})")}");
    }

    public void Dispose() => lines.Dispose();

    private void Line(string text)
    {
        lock (gate)
            lines.WriteLine(text.ReplaceLineEndings(" | "));
    }
}
