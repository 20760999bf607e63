using Bookstore.Centre;
using Bookstore.Domains;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Outside;

/// <summary>
/// Those who sell to the bookstore: they deliver what orders wait for, in whole cartons. A delivery is named after the
/// order and its wait, so that one that is announced twice comes once.
/// </summary>
public sealed class Vendors(BackOrders backOrders, Database database, SiteClient site, Chance chance)
{
    private const int CartonSize = 12;
    private const int OrdersMax = 200;

    /// <summary>One bounded pass. Returns how many deliveries were announced.</summary>
    public async Task<int> DeliverOnceAsync(CancellationToken cancel)
    {
        IReadOnlyList<BackOrder> wanted = await backOrders.NotOnOrderAsync(OrdersMax, cancel);
        if (wanted.Count == 0)
            return 0;
        await Task.WhenAll(wanted.Select(backOrder => DeliverAsync(backOrder, cancel)));
        await database.WriteAsync([.. wanted.Select(BackOrders.PutOnOrder)], cancel);
        return wanted.Count;
    }

    private Task DeliverAsync(BackOrder backOrder, CancellationToken cancel)
    {
        string number = $"{backOrder.Order}.{backOrder.Round}";
        string centre = Centres.All[(int)(chance.Of("vendor", number) * Centres.All.Count)];
        VendorShipment delivery = new(
            number, centre,
            [.. backOrder.Missing.Select(shortage => new Carton(shortage.Sku, InCartons(shortage.Missing)))]);
        return site.SubmitAsync(Receiving.Workflow, number, delivery, cancel);
    }

    private static long InCartons(long quantity) => (quantity + CartonSize - 1) / CartonSize * CartonSize;
}
