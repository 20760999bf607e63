namespace Waybill;

/// <summary>Something that an element can wait for. Declared once, as a static field.</summary>
/// <typeparam name="TPayload">What the signal brings.</typeparam>
public sealed class Signal<TPayload>(string name)
{
    /// <summary>The name: 1 to 100 of the characters a-z, 0-9, '-' and '.'.</summary>
    public string Name { get; } = Names.Checked(name, "signal");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
