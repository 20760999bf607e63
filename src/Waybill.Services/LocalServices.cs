using System.Collections.Concurrent;
using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;

namespace Waybill.Services;

/// <summary>
/// The services that this process carries out itself. Their callers in the same process reach them without a network
/// and without copying: what is handed over is the same object, which is safe because contract types cannot be
/// changed.
/// </summary>
public sealed class LocalServices
{
    private readonly ConcurrentDictionary<string, object> implementations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> overHttp = new(StringComparer.Ordinal);
    private readonly Func<TicketDesks?> desks;

    internal LocalServices(Func<TicketDesks?> desks) => this.desks = desks;

    /// <summary>
    /// Serves a contract to callers in this process. <c>MapService</c> does the same and serves it over HTTP too.
    /// </summary>
    /// <param name="implementation">One object for all calls: it must be thread-safe.</param>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <exception cref="ContractException">It is no contract; with everything that is wrong.</exception>
    /// <exception cref="InvalidOperationException">
    /// This process serves it already; or it has asynchronous operations, and the implementation does not say which
    /// workflows it starts (<see cref="StartsAttribute"/>).
    /// </exception>
    public void Serve<TContract>(TContract implementation)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(implementation);
        ServiceContract contract = ServiceContract.Of(typeof(TContract));
        TicketScope.Of(implementation.GetType()).Check(contract);
        if (!implementations.TryAdd(contract.Address, implementation))
            throw new InvalidOperationException(
                $"This process serves {contract} already. Serve each version of a service once.");
    }

    /// <summary>The addresses of what is served: <c>inventory:1</c>; in no order.</summary>
    public IReadOnlyCollection<string> Addresses => [.. implementations.Keys];

    /// <summary>Those that other processes can call.</summary>
    internal IReadOnlyCollection<string> AddressesOverHttp => [.. overHttp.Keys];

    internal void ServeOverHttp<TContract>(TContract implementation)
        where TContract : class
    {
        Serve(implementation);
        overHttp[ServiceContract.Of(typeof(TContract)).Address] = true;
    }

    /// <summary>
    /// What carries out a contract's operations here; null when that is done elsewhere. What a service is asked of its
    /// tickets is for a desk that knows those of its implementation.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is asked of tickets here, and the host keeps none.</exception>
    internal object? Find(ServiceContract contract)
    {
        object? implementation = implementations.GetValueOrDefault(contract.Address);
        return implementation is null || contract.Type != typeof(ITicketDesk)
            ? implementation
            : desks()?.Of(TicketScope.Of(implementation.GetType())) ?? throw new InvalidOperationException(
                $"The tickets of {contract} cannot be followed: call AddTickets on the host's services.");
    }
}
