using Waybill.Services.Contracts;

namespace Waybill.Services;

/// <summary>Compares a contract with the one that was released last.</summary>
public static class ContractCheck
{
    /// <summary>
    /// Names each change that would break a caller of the released contract who goes on as before, or an answer to one:
    /// what is missing, what is demanded, what means something else, what is promised no more. In order of operation.
    /// Empty when there is none; another version of the service breaks nobody.
    /// </summary>
    /// <param name="released">What callers rely on.</param>
    /// <param name="current">What is to be released.</param>
    /// <exception cref="ArgumentException">They describe different services.</exception>
    public static IReadOnlyList<string> Compare(ContractDescription released, ContractDescription current)
    {
        ArgumentNullException.ThrowIfNull(released);
        ArgumentNullException.ThrowIfNull(current);
        if (released.Service != current.Service)
            throw new ArgumentException(
                $"{current.Service} cannot be compared with {released.Service}: they are different services.",
                nameof(current));
        return released.Version == current.Version ? new ContractComparison(released, current).Breaks() : [];
    }

    /// <summary>Fails when a contract breaks the released one. For a test beside the contract.</summary>
    /// <param name="releasedJson">What <see cref="ContractDescription.ToJson"/> gave when it was released.</param>
    /// <typeparam name="TContract">The contract as it is now.</typeparam>
    /// <exception cref="ContractException">It breaks the released one; with every change that does.</exception>
    public static void Verify<TContract>(string releasedJson)
        where TContract : class
    {
        IReadOnlyList<string> breaks = Compare(
            ContractDescription.Parse(releasedJson), ContractDescription.Of<TContract>());
        if (breaks.Count > 0)
            throw new ContractException(
                typeof(TContract), [.. breaks, "Undo that, or leave this version as it is and make a next one."]);
    }
}
