using Bookstore.Contracts;
using Bookstore.Domains;

namespace Bookstore.Services;

/// <summary>The customers' service.</summary>
public sealed class CustomerService(Customers customers) : ICustomers
{
    private readonly RecentlySeen seen = new();

    public async Task<KnownCustomer?> FindAsync(string customer, CancellationToken cancel) =>
        await customers.FindAsync(customer, cancel) is { } found
            ? new KnownCustomer(found.Id, found.Name, found.Address, found.Country, found.Card)
            : null;

    public Task NoteSeenAsync(string visitor, string sku, CancellationToken cancel)
    {
        seen.Note(visitor, sku);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> RecentlySeenAsync(string visitor, int max, CancellationToken cancel) =>
        Task.FromResult(seen.Of(visitor, max));
}
