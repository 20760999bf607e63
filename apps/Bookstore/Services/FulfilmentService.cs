using Bookstore.Centre;
using Bookstore.Contracts;
using Bookstore.Domains;
using Waybill.Services;

namespace Bookstore.Services;

/// <summary>The distribution centres' service.</summary>
public sealed class FulfilmentService(Parcels parcels, TimeProvider time) : IFulfilment
{
    public Task<DeliveryPromise> PromiseAsync(string centre, DeliveryMethod method, CancellationToken cancel)
    {
        if (!Centres.All.Contains(centre))
            throw new RefusedException(
                "unknown-centre", $"There is no centre \"{centre}\": there are {string.Join(", ", Centres.All)}.");
        DateTimeOffset leaves = NextCutOff(time.GetUtcNow());
        TimeSpan way = Shelves.PromiseOf(method switch
        {
            DeliveryMethod.Express => ShipMethod.Express,
            DeliveryMethod.International => ShipMethod.International,
            _ => ShipMethod.Standard,
        });
        return Task.FromResult(new DeliveryPromise(centre, method, leaves, leaves + way));
    }

    public async Task<IReadOnlyList<SentParcel>> ParcelsAsync(string order, CancellationToken cancel) =>
    [
        .. (await parcels.OfAsync(order, cancel))
            .Select(parcel => new SentParcel(parcel.Centre, parcel.Tracking, parcel.Address)),
    ];

    private static DateTimeOffset NextCutOff(DateTimeOffset now)
    {
        DateTimeOffset midnight = new(now.UtcDateTime.Date, TimeSpan.Zero);
        return Centres.CutOffs.Select(at => midnight + at.ToTimeSpan())
            .Append(midnight.AddDays(1) + Centres.CutOffs[0].ToTimeSpan())
            .First(at => at > now);
    }
}
