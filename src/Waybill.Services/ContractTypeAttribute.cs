namespace Waybill.Services;

/// <summary>
/// Says that a type was made for contracts, so that services of other namespaces may use it too. Types that stand in
/// the namespace of the contract, or below it, need no mark.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum, Inherited = false)]
public sealed class ContractTypeAttribute : Attribute;
