using System.Text.Encodings.Web;
using System.Text.Json;
using Waybill.Bench.Machine;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Report;

/// <summary>What a store was, besides its name.</summary>
internal sealed record StoreFacts(string Name, string Version, string Settings)
{
    public static StoreFacts Of(StoreUnderTest store) => new(store.Name, store.Version, store.Settings);
}

/// <summary>All that one run of the program found out.</summary>
/// <param name="At">When it began.</param>
/// <param name="Machine">On what it ran.</param>
/// <param name="Options">How it was asked to run.</param>
/// <param name="Stores">Which stores it measured.</param>
internal sealed record BenchReport(
    DateTimeOffset At, MachineFacts Machine, BenchOptions Options, IReadOnlyList<StoreFacts> Stores)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Measurement> measurements = [];

    public IReadOnlyList<Measurement> Measurements => measurements;

    public void Add(
        string figure, string name, StoreUnderTest store, Unit unit, IEnumerable<double> runs, Target? target = null) =>
        measurements.Add(new Measurement(figure, name, store.Name, unit, [.. runs], target));

    /// <summary>Adds what has no store.</summary>
    public void Add(string figure, string name, Unit unit, IEnumerable<double> runs, Target? target = null) =>
        measurements.Add(new Measurement(figure, name, Measurement.NoStore, unit, [.. runs], target));

    public async Task WriteAsync(string file)
    {
        await using FileStream stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, this, Format);
    }
}
