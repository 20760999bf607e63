using Waybill.Stores;

namespace Waybill.Services.Measuring;

/// <summary>Writes what this process has counted into the site's store.</summary>
internal sealed class ReportPublisher(
    ISiteStore store, CallMeter meter, ServicesOptions calls, ServiceRegistryOptions options)
{
    public const string Kind = "service-report";

    private readonly RecordKey key = new(Kind, $"{calls.Name} {Environment.MachineName} {Environment.ProcessId}");

    public async Task PublishOnceAsync(CancellationToken cancel)
    {
        ProcessReport report = new(
            [.. meter.Sum().Select(counted => ReportedCalls.Of(counted.Key, counted.Promise, counted.Count))]);
        RecordWrite write = new(key, ReportJson.Write(report)) { KeepFor = options.KeepFor };
        await store.Records.WriteAsync([write], cancel);
    }
}
