using System.Reflection;
using Bookstore.Contracts;
using Waybill.Services;

namespace Bookstore.Tests;

/// <summary>
/// Holds each contract to what was released of it. What breaks nobody may be added at any time; to release it, renew
/// the files: BOOKSTORE_RENEW_CONTRACTS=1 dotnet test tests/Bookstore.Tests --filter ContractTests.
/// </summary>
public sealed class ContractTests
{
    private const string Renew = "BOOKSTORE_RENEW_CONTRACTS";

    internal static readonly string Released =
        Path.Combine(Repository.Root, "apps", "Bookstore", "Contracts", "Released");

    [Fact]
    public void Catalog_keeps_what_was_released() => Keeps<ICatalog>();

    [Fact]
    public void Customers_keeps_what_was_released() => Keeps<ICustomers>();

    [Fact]
    public void Fulfilment_keeps_what_was_released() => Keeps<IFulfilment>();

    [Fact]
    public void Inventory_keeps_what_was_released() => Keeps<IInventory>();

    [Fact]
    public void Orders_keeps_what_was_released() => Keeps<IOrders>();

    [Fact]
    public void Payments_keeps_what_was_released() => Keeps<IPayments>();

    [Fact]
    public void Recommendations_keeps_what_was_released() => Keeps<IRecommendations>();

    [Fact]
    public void Reviews_keeps_what_was_released() => Keeps<IReviews>();

    [Fact]
    public void Every_contract_has_a_released_file_and_every_file_its_contract()
    {
        IEnumerable<string> contracts =
            from type in typeof(ICatalog).Assembly.GetTypes()
            let service = type.GetCustomAttribute<ServiceAttribute>()
            where service is not null
            select NameOf(service.Name, service.Version);

        Assert.Equal(contracts.Order(), Directory.EnumerateFiles(Released).Select(Path.GetFileName).Order());
    }

    private static void Keeps<TContract>()
        where TContract : class
    {
        ContractDescription now = ContractDescription.Of<TContract>();
        string file = Path.Combine(Released, NameOf(now.Service, now.Version));
        bool isRenewed = Environment.GetEnvironmentVariable(Renew) == "1";
        // Also before it is renewed: what breaks callers is released as a next version, never over this one.
        if (File.Exists(file) || !isRenewed)
            ContractCheck.Verify<TContract>(File.ReadAllText(file));
        if (isRenewed)
            File.WriteAllText(file, now.ToJson() + "\n");
    }

    private static string NameOf(string service, int version) => $"{service}.{version}.json";
}
