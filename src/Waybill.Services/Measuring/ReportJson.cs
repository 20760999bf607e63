using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waybill.Services.Measuring;

/// <summary>What one process has counted in the last minutes, as it stands in the site's store.</summary>
internal sealed record ProcessReport(IReadOnlyList<ReportedCalls> Calls);

/// <summary>The calls of one kind.</summary>
internal sealed record ReportedCalls(
    CallSide Side,
    string Caller,
    string Service,
    string Operation,
    long Refused,
    long Failed,
    int[] Latencies,
    double Percentile,
    int LatencyMs,
    double Availability)
{
    public static ReportedCalls Of(CallKey key, OperationAttribute promise, CallCount count) => new(
        key.Side,
        key.Caller,
        key.Service,
        key.Operation,
        count.Refused,
        count.Failed,
        count.Latencies.ToPairs(),
        promise.Percentile,
        promise.LatencyMs,
        promise.Availability);
}

/// <summary>How reports are kept. Read tolerantly: a newer process may say more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProcessReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static byte[] Write(ProcessReport report) =>
        JsonSerializer.SerializeToUtf8Bytes(report, Default.ProcessReport);

    // What another version of the program wrote, and this one cannot read, is no reason to lose the rest.
    public static ProcessReport? Read(ReadOnlySpan<byte> report)
    {
        try
        {
            return JsonSerializer.Deserialize(report, Default.ProcessReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
