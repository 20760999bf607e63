using System.Text.Json;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// What operators say of a node, for all processes of the site. Together with what the node declares, the stricter
/// limit holds.
/// </summary>
/// <param name="Node">The node.</param>
public sealed record NodeControl(NodeAddress Node)
{
    /// <summary>The kind of the records in which controls are kept; their names are addresses.</summary>
    public const string RecordKind = "node-control";

    /// <summary>
    /// Whether it is stopped: no run begins and nothing is claimed; runs that have begun go on, and what comes waits in
    /// the store. An aggregation queue then releases nothing by its rules.
    /// </summary>
    public bool IsPaused { get; init; }

    /// <summary>How many runs may go on at once in each process; null for what the node declares.</summary>
    public int? ConcurrencyMax { get; init; }

    /// <summary>How many runs may begin in a second in each process; null for what the node declares.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Who said so, and why; null when nobody ever did.</summary>
    public Actor? Actor { get; init; }

    /// <summary>When; null when nobody ever did.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    internal static RecordKey KeyOf(NodeAddress node) => new(RecordKind, node.ToString());

    /// <summary>A bucket that holds about a second's runs, at least one.</summary>
    internal RateLimit? ToRate()
    {
        if (RatePerSecond is not { } perSecond)
            return null;
        int runs = (int)Math.Ceiling(perSecond);
        return new RateLimit(runs, TimeSpan.FromSeconds(runs / perSecond));
    }

    /// <summary>What a record says of a node; nothing of the sort when there is none.</summary>
    internal static NodeControl Of(NodeAddress node, StoredRecord? record)
    {
        if (record is null)
            return new NodeControl(node);
        NodeControlDetail detail = JsonSerializer.Deserialize(
            record.Value.Span, WaybillJson.Default.NodeControlDetail)!;
        return new NodeControl(node)
        {
            IsPaused = detail.IsPaused,
            ConcurrencyMax = detail.ConcurrencyMax,
            RatePerSecond = detail.RatePerSecond,
            Actor = new Actor(detail.By, detail.Reason),
            ChangedAt = record.ChangedAt,
        };
    }

    /// <summary>What is kept of it.</summary>
    internal byte[] ToValue(Actor actor) => JsonSerializer.SerializeToUtf8Bytes(
        new NodeControlDetail(IsPaused, ConcurrencyMax, RatePerSecond, actor.Name, actor.Reason),
        WaybillJson.Default.NodeControlDetail);
}

internal sealed record NodeControlDetail(
    bool IsPaused, int? ConcurrencyMax, double? RatePerSecond, string By, string? Reason);
