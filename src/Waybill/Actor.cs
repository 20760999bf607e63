using System.Text.Json;

namespace Waybill;

/// <summary>Who does something to elements from outside, and why; kept in the journal.</summary>
/// <param name="Name">The person or program.</param>
/// <param name="Reason">Why.</param>
public sealed record Actor(string Name, string? Reason = null)
{
    /// <summary>The person or program; not empty.</summary>
    public string Name { get; } = !string.IsNullOrWhiteSpace(Name)
        ? Name
        : throw new ArgumentException("Say who acts: the name is empty.", nameof(Name));

    internal string ToDetail(bool wasEdited = false) =>
        JsonSerializer.Serialize(new(Name, Reason, wasEdited ? true : null), WaybillJson.Default.ActorDetail);
}

internal sealed record ActorDetail(string By, string? Reason, bool? Edited);
