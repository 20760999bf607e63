namespace Waybill.Services;

/// <summary>
/// Marks an interface as the contract of a service. Two versions are two interfaces with the same name; both can be
/// served side by side.
/// </summary>
/// <param name="name">1 to 100 of the characters a-z, 0-9, '-' and '.'; part of the address of each operation.</param>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ServiceAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>At least 1. Default: 1.</summary>
    public int Version { get; init; } = 1;
}
