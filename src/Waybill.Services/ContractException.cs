namespace Waybill.Services;

/// <summary>An interface cannot be the contract of a service as it is declared. Tells every fault at once.</summary>
public sealed class ContractException : Exception
{
    internal ContractException(Type contract, IReadOnlyList<string> faults)
        : base($"{contract.FullName} cannot be the contract of a service:"
            + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}"))) =>
        Faults = faults;

    /// <summary>Each fault: what, which, and what to do.</summary>
    public IReadOnlyList<string> Faults { get; }
}
