namespace Waybill;

/// <summary>
/// Identifies one element everywhere and for ever. Made by the process that accepts it (UUID version 7, RFC 9562).
/// </summary>
/// <param name="Value">The UUID.</param>
public readonly record struct ElementId(Guid Value) : IComparable<ElementId>
{
    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">A UUID in any of its usual forms.</param>
    /// <exception cref="FormatException">The text is not a UUID.</exception>
    public static ElementId Parse(string text) => new(Guid.Parse(text));

    /// <inheritdoc/>
    public int CompareTo(ElementId other) => Value.CompareTo(other.Value);

    /// <summary>The UUID with hyphens, in lower case.</summary>
    public override string ToString() => Value.ToString("D");
}
