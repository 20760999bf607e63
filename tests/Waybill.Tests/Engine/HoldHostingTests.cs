using Microsoft.Extensions.Logging;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Engine.Remote;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HoldHostingTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("shipments", true)]
    [InlineData("waves", false)]
    public async Task A_worker_warns_when_it_hosts_a_queue_and_not_what_is_released_from_it(
        string? hosted, bool isWarned)
    {
        Workflow<Wave, string> waves = Waves();
        SiteOptions options = new() { WorkerName = "test" };
        if (hosted is not null)
            options.HostedNodes.Add(hosted);
        SiteDefinition site = SiteDefinition.Checked([Shipments(waves), waves], options);
        FakeTime time = new();
        using Warnings warnings = new();
        MemoryStore store = new(time);
        EngineContext context = new(
            site, store, time, ThreadPoolScheduler.Instance,
            () => new ElementId(Guid.CreateVersion7()), new EndingWatch(), new CommitWatch(store, time),
            new RemoteNodes(time, new RemoteLeaseNames(() => "here", () => "lease")), warnings);
        using Worker worker = new(context, new NoServices(), lifetime: null);

        await worker.StartAsync(TestContext.Current.CancellationToken);
        await worker.StopAsync(TestContext.Current.CancellationToken);

        string[] expected = isWarned ? ["shipments:1/picklist waves:1/pick"] : [];
        Assert.Equal(expected, warnings.Queues);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    /// <summary>Keeps the warnings about queues whose batches nobody here runs.</summary>
    private sealed class Warnings : ILoggerFactory, ILogger
    {
        public List<string> Queues { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 1007 && state is IReadOnlyList<KeyValuePair<string, object?>> values)
                Queues.Add($"{values[0].Value} {values[1].Value}");
        }

        public void Dispose()
        {
        }
    }
}
