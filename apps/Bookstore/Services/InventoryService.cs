using Bookstore.Contracts;
using Bookstore.Domains;

namespace Bookstore.Services;

/// <summary>The inventory's service.</summary>
public sealed class InventoryService(Inventory inventory, BackOrders backOrders) : IInventory
{
    private const int OrdersMax = 1000;

    public async Task<IReadOnlyList<CentreStock>> LevelsAsync(
        IReadOnlyList<string> skus, CancellationToken cancel) =>
        Bounds.Checked(skus).Count == 0
            ? []
            : [.. (await inventory.LevelsAsync(skus, cancel))
                .Select(level => new CentreStock(level.Sku, level.Centre, level.OnHand))];

    public async Task<long> OnHandAsync(string sku, string centre, CancellationToken cancel) =>
        (await inventory.LevelsAsync([sku], cancel))
            .Where(level => level.Centre == centre).Select(level => level.OnHand).SingleOrDefault();

    public async Task<long> OnHandInAllAsync(string sku, CancellationToken cancel) =>
        (await inventory.LevelsAsync([sku], cancel)).Sum(level => level.OnHand);

    public async Task<IReadOnlyList<SentPieces>> SentAsync(string order, CancellationToken cancel) =>
    [
        .. (await inventory.SentAsync(order, cancel)).Select(sent => new SentPieces(
            sent.Centre, sent.Pick.Line, sent.Pick.Sku, sent.Pick.Quantity, sent.Pick.Price.Pence)),
    ];

    public async Task<IReadOnlyList<string>> OrdersThatCanGoOnAsync(
        IReadOnlyList<string> skus, int max, CancellationToken cancel) =>
        Bounds.Checked(skus).Count == 0
            ? []
            : await backOrders.ThatCanGoOnAsync(skus, Math.Clamp(max, 0, OrdersMax), cancel);
}
