using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>What the suite holds in its aggregation queue: one column of each type, all may be empty.</summary>
internal sealed record Shipment(
    string Method = "express", string? Zone = null, decimal? Weight = null, DateTimeOffset? By = null)
{
    public static NodeAddress Picklist { get; } = new("orders", 1, "picklist");

    public static HeldQueue Queue { get; } = new(
        Picklist,
        [
            new HeldColumn("zone", HeldType.Text),
            new HeldColumn("weightGrams", HeldType.Number),
            new HeldColumn("promisedBy", HeldType.Instant),
        ],
        data => Read(data).ToRow());

    public byte[] ToData() => JsonSerializer.SerializeToUtf8Bytes(this);

    public HeldRow ToRow() => new(Method, [HeldValue.Of(Zone), HeldValue.Of(Weight), HeldValue.Of(By)]);

    public static Shipment Read(ReadOnlyMemory<byte> data) => JsonSerializer.Deserialize<Shipment>(data.Span)!;
}
