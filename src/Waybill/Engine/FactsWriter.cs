using System.Buffers;
using System.Text;
using System.Text.Json;
using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Writes what a hop or an acceptance tells readers of the journal (<see cref="JournalEntry.Facts"/>).
/// </summary>
internal sealed class FactsWriter(SiteDefinition site)
{
    /// <summary>The facts of an element that is accepted; null for none.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="input">Its data.</param>
    /// <param name="slot">Its place there.</param>
    public static string? OfAcceptance(PlacedNode start, object input, QueueSlot slot)
    {
        SearchDefinition? search = start.SearchOf(start.Definition.Node.DataType);
        return Write(start, slot.Held is not null, search, input, milestone: null);
    }

    /// <summary>The facts of data that was changed where its element stands; null for none.</summary>
    /// <param name="node">Where it stands.</param>
    /// <param name="data">The new data.</param>
    public static string? OfAmendment(PlacedNode node, object data) =>
        Write(node: null, isHeld: false, node.SearchOf(node.Definition.Node.DataType), data, milestone: null);

    /// <summary>The same hop with its facts.</summary>
    /// <param name="hop">The hop, with its data and destination.</param>
    /// <param name="element">The element as the run found it.</param>
    /// <param name="milestone">What its route noted, JSON; null for nothing.</param>
    public Hop Told(Hop hop, InFlight element, string? milestone)
    {
        (NodeAddress? address, bool isHeld) = PlaceOf(hop.To);
        PlacedNode? target = address is null ? null : site.Find(address);
        SearchDefinition? search = target?.SearchOf(target.Definition.Node.DataType);
        bool hasNews = search is not null && (element.IsFresh || !hop.Data.Span.SequenceEqual(element.Data.Span));
        if (!hasNews && !isHeld && milestone is null && target?.Definition.IsUntracked != true)
            return hop.Facts is null ? hop : hop with { Facts = null };
        object? data = hasNews ? ReadOrNull(target!, hop.Data) : null;
        return hop with { Facts = Write(target, isHeld, search, data, milestone) };
    }

    /// <summary>The same decision of a person with its facts, so that an edit is told with it.</summary>
    public Hop Told(Hop hop)
    {
        (NodeAddress? address, bool isHeld) = PlaceOf(hop.To);
        if (address is null || site.Find(address) is not { } target)
            return hop;
        SearchDefinition? search = target.SearchOf(target.Definition.Node.DataType);
        object? data = search is null ? null : ReadOrNull(target, hop.Data);
        return hop with { Facts = Write(target, isHeld, search, data, milestone: null) };
    }

    /// <summary>A milestone as facts have it.</summary>
    /// <param name="text">What was reached.</param>
    /// <param name="data">JSON; empty for none.</param>
    public static string Milestone(string text, ReadOnlySpan<byte> data) => data.IsEmpty
        ? $$"""{"text":"{{JsonEncodedText.Encode(text)}}"}"""
        : $$"""{"text":"{{JsonEncodedText.Encode(text)}}","data":{{Encoding.UTF8.GetString(data)}}}""";

    private object? ReadOrNull(PlacedNode node, ReadOnlyMemory<byte> json)
    {
        try
        {
            return site.Codecs.For(node.Definition.Node.DataType).ReadObject(json.Span);
        }
        catch (RouteException)
        {
            return null;
        }
    }

    private static string? Write(
        PlacedNode? node, bool isHeld, SearchDefinition? search, object? data, string? milestone)
    {
        bool isUntracked = node?.Definition.IsUntracked ?? false;
        (List<(string Name, HeldValue Value, bool IsPersonal)> attributes, string? subject) = Values(search, data);
        if (!isUntracked && !isHeld && milestone is null && attributes.Count == 0)
            return null;
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter writer = new(bytes);
        writer.WriteStartObject();
        if (attributes.Count > 0)
            WriteAttributes(writer, attributes, subject);
        if (milestone is not null)
        {
            writer.WritePropertyName("milestone");
            writer.WriteRawValue(milestone);
        }

        if (isUntracked)
            writer.WriteBoolean("untracked", true);
        if (isHeld)
            writer.WriteBoolean("held", true);
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteAttributes(
        Utf8JsonWriter writer, List<(string Name, HeldValue Value, bool IsPersonal)> attributes, string? subject)
    {
        writer.WriteStartObject("attributes");
        foreach ((string name, HeldValue value, _) in attributes)
        {
            if (value.Number is { } number)
                writer.WriteNumber(name, number);
            else
                writer.WriteString(name, value.Text);
        }

        writer.WriteEndObject();
        if (attributes.Exists(attribute => attribute.IsPersonal))
        {
            writer.WriteStartArray("personal");
            foreach ((string name, _, bool isPersonal) in attributes)
            {
                if (isPersonal)
                    writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        if (subject is not null)
            writer.WriteString("subject", subject);
    }

    // What is told to readers is no reason to fail an element.
    private static (List<(string Name, HeldValue Value, bool IsPersonal)> Attributes, string? Subject) Values(
        SearchDefinition? search, object? data)
    {
        if (search is null || data is null)
            return ([], null);
        try
        {
            return (
                [.. search.Attributes.Select(one => (one.Name, one.Value(data), one.IsPersonal))],
                search.Subject?.Invoke(data));
        }
        catch (Exception)
        {
            return ([], null);
        }
    }

    private static (NodeAddress? Node, bool IsHeld) PlaceOf(Destination to) => to switch
    {
        Destination.HandOver handOver => (handOver.Node, false),
        Destination.Enqueue enqueue =>
            (enqueue.Slot.Node, enqueue is { Slot.Held: not null, Delay: null, Due: null }),
        Destination.Calls calls => (calls.Slot.Node, false),
        Destination.AwaitSignal signal => (signal.Slot.Node, false),
        Destination.Sideline sideline => (sideline.Node, false),
        _ => (null, false),
    };
}
