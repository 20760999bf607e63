using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>When parcels leave and arrive.</summary>
[Service("fulfilment", Version = 1)]
public interface IFulfilment
{
    /// <summary>
    /// When a parcel that is ordered now leaves a centre and arrives. Refused as <c>unknown-centre</c>.
    /// </summary>
    /// <param name="centre">The centre.</param>
    /// <param name="method">How it is sent.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99.9, DeadlineMs = 2000)]
    Task<DeliveryPromise> PromiseAsync(string centre, DeliveryMethod method, CancellationToken cancel);

    /// <summary>The parcels of an order that have left.</summary>
    /// <param name="order">The order's number.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<SentParcel>> ParcelsAsync(string order, CancellationToken cancel);
}

/// <summary>When a parcel leaves and arrives.</summary>
/// <param name="Centre">The centre.</param>
/// <param name="Method">How it is sent.</param>
/// <param name="LeavesAt">When the carrier comes for it.</param>
/// <param name="ArrivesBy">By when it has arrived.</param>
public sealed record DeliveryPromise(
    string Centre, DeliveryMethod Method, DateTimeOffset LeavesAt, DateTimeOffset ArrivesBy);

/// <summary>How a parcel is sent.</summary>
public enum DeliveryMethod
{
    /// <summary>By the post, within the country.</summary>
    Standard,

    /// <summary>By a courier, for the next day.</summary>
    Express,

    /// <summary>Abroad.</summary>
    International,
}

/// <summary>A parcel that has left.</summary>
/// <param name="Centre">The centre.</param>
/// <param name="Tracking">The carrier's number.</param>
/// <param name="Address">The address on its label.</param>
public sealed record SentParcel(string Centre, string Tracking, string Address);
