namespace Waybill;

/// <summary>
/// A kind of change that can be asked for while an element is in flight. Declared once, as a static field, and used by
/// workflows and clients.
/// </summary>
/// <typeparam name="TChange">What is asked for.</typeparam>
/// <param name="name">1 to 100 of the characters a-z, 0-9, '-' and '.'; not <c>cancel</c>.</param>
public sealed class Change<TChange>(string name)
{
    /// <summary>The name; it stands in the ledger for ever.</summary>
    public string Name { get; } = Names.Checked(name, "change");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
