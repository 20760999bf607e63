namespace Waybill;

/// <summary>A site's workflows or options cannot work as they are declared. Tells every fault at once.</summary>
public sealed class DefinitionException : Exception
{
    internal DefinitionException(IReadOnlyList<string> faults)
        : base("The site cannot start:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}"))) =>
        Faults = faults;

    /// <summary>Each fault: what, which, and what to do.</summary>
    public IReadOnlyList<string> Faults { get; }
}
