using Bookstore.Contracts;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>Who buys: where parcels go, and which card pays.</summary>
/// <param name="Id">The customer's number.</param>
/// <param name="Name">The name on parcels.</param>
/// <param name="Address">Street and town.</param>
/// <param name="Country">The country.</param>
/// <param name="Card">The card that pays, as the processor knows it.</param>
public sealed record Customer(string Id, string Name, string Address, string Country, string Card)
{
    /// <summary>Who buys without giving a name.</summary>
    public static Customer Guest { get; } = OnFile("guest", "Guest", "Counter", "United Kingdom");

    /// <summary>A customer, as the customers' service knows them.</summary>
    public static Customer Of(KnownCustomer known) =>
        new(known.Id, known.Name, known.Address, known.Country, known.Card);

    /// <summary>A customer of whom only a number and a country are known.</summary>
    public static Customer Numbered(string id, string country) =>
        OnFile(id, $"Customer {id}", $"House of {id}", country);

    /// <summary>
    /// A customer who pays with the card that the processor has on file, under the customer's number: the shop keeps
    /// none.
    /// </summary>
    public static Customer OnFile(string id, string name, string address, string country) =>
        new(id, name, address, country, $"card-{id}");
}

/// <summary>The customers' domain. The only one that touches <c>shop_customer</c>.</summary>
public sealed class Customers(Database database)
{
    public async Task<Customer?> FindAsync(string id, CancellationToken cancel) =>
        (await database.ReadAsync(
            "SELECT id, name, address, country FROM shop_customer WHERE id = @id",
            row => Customer.OnFile(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            cancel,
            ("id", id)))
        .SingleOrDefault();

    /// <summary>Takes a customer into the books; one that is known stays as it is.</summary>
    public static SqlWrite Register(Customer customer) => new(
        """
        INSERT INTO shop_customer (id, name, address, country) VALUES (@id, @name, @address, @country)
        ON CONFLICT (id) DO NOTHING
        """,
        ("id", customer.Id),
        ("name", customer.Name),
        ("address", customer.Address),
        ("country", customer.Country));
}
