using System.Text.Json.Serialization;

namespace Waybill.Bench.Workload;

/// <summary>
/// What the measured elements carry: an order of about 1 KB, of which each node changes a few members.
/// </summary>
internal sealed record Order
{
    public required string Number { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    public required Customer Customer { get; init; }

    public required Address ShipTo { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public required decimal Total { get; init; }

    public required string Currency { get; init; }

    public required string Stage { get; init; }

    public required int Steps { get; init; }

    public required string Remarks { get; init; }

    /// <summary>What every node does to the order.</summary>
    public Order Through(string stage) => this with { Stage = stage, Steps = Steps + 1 };
}

internal sealed record Customer(int Number, string Name, string Email, string Phone);

internal sealed record Address(string Street, string City, string PostalCode, string Country);

internal sealed record OrderLine(string Isbn, string Title, int Quantity, decimal Price);

/// <summary>What comes out of the workflow.</summary>
internal sealed record Receipt(string Number, decimal Total, int Steps);

/// <summary>The members' names and code for reading and writing them, made when the program is built.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class OrderJson : JsonSerializerContext;
