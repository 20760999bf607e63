namespace Waybill.Services.Asynchronous;

/// <summary>How requests with an <c>Idempotency-Key</c> are remembered.</summary>
public sealed class IdempotencyOptions
{
    /// <summary>How long a key and its reply are kept. Default: 24 hours.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// After how long a request that was begun and not ended, because its process died, may be taken up again by a
    /// repeat. Longer than any request waits. Default: 90 seconds.
    /// </summary>
    public TimeSpan TakeOverAfter { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// A reply larger than this is not kept. A repeat of a service's operation is then refused with 409, so that it is
    /// not carried out twice; one that is idempotent, and an endpoint, which does what it does under <see
    /// cref="StableId"/>, is asked again. Default: 256 KiB.
    /// </summary>
    public int ReplyBytesMax { get; set; } = 256 * 1024;
}
