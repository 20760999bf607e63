using Bookstore.Centre;

namespace Bookstore.Outside;

/// <summary>
/// The carrier, simulated: now and then its desk is busy. Asked twice with one key, it names the same parcel.
/// </summary>
public sealed class Carrier(Chance chance, Pace pace)
{
    private const double IsBusy = 0.01;
    private static readonly TimeSpan AnswersAfter = TimeSpan.FromMilliseconds(15);
    private readonly Random desk = chance.For("carrier's desk");

    public async Task<string> BookAsync(string idempotencyKey, string country, CancellationToken cancel)
    {
        await pace.TakeAsync(AnswersAfter, cancel);
        if (Weather() < IsBusy)
            throw new TimeoutException($"The carrier did not answer about {idempotencyKey}.");
        string region = country == Centres.Country ? "GB" : "INT";
        return $"{region}{chance.For("parcel", idempotencyKey).NextInt64(10_000_000_000):0000000000}";
    }

    private double Weather()
    {
        lock (desk)
            return desk.NextDouble();
    }
}
