using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Waybill.Bench.Workload;

/// <summary>Makes orders that look like real ones, the same ones for the same seed.</summary>
internal sealed class OrderSource(int seed)
{
    private const int Bytes = 1024;

    private static readonly string[] FirstNames =
        ["Ada", "Bruno", "Chidi", "Dagmar", "Elif", "Farid", "Greta", "Hiroshi", "Ines", "Jonas", "Kamala", "Liam"];

    private static readonly string[] LastNames =
        ["Andersson", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kovac"];

    private static readonly string[] Words =
    [
        "autumn", "bridge", "cabinet", "distant", "evening", "forest", "garden", "harbour", "island", "journey",
        "keeper", "letter", "morning", "northern", "orchard", "paper", "quiet", "river", "silver", "tower", "under",
        "voyage", "winter", "yellow",
    ];

    private static readonly (string City, string Country)[] Cities =
        [("Bergen", "NO"), ("Coimbra", "PT"), ("Gent", "BE"), ("Graz", "AT"), ("Leeds", "GB"), ("Ulm", "DE")];

    private readonly Random random = new(seed);

    /// <summary>The next order; its remarks fill it up to 1 KB of JSON.</summary>
    public Order Next()
    {
        int number = random.Next(1_000_000, 10_000_000);
        string first = Any(FirstNames);
        string last = Any(LastNames);
        (string city, string country) = Cities[random.Next(Cities.Length)];
        OrderLine[] lines = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => NextLine())];
        Order order = new()
        {
            Number = Text($"BK-{number}"),
            PlacedAt = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000L + number),
            Customer = new Customer(
                random.Next(100_000, 1_000_000),
                $"{first} {last}",
                $"{first}.{last}@example.com",
                Text($"+49 30 {number}")),
            ShipTo = new Address(
                Text($"{Any(Words)} street {random.Next(1, 200)}"),
                city,
                Text($"{random.Next(10000, 99999)}"),
                country),
            Lines = lines,
            Total = lines.Sum(line => line.Quantity * line.Price),
            Currency = "EUR",
            Stage = "placed",
            Steps = 0,
            Remarks = "",
        };
        return order with { Remarks = Sentence(Bytes - ToJson(order).Length) };
    }

    public static byte[] ToJson(Order order) => JsonSerializer.SerializeToUtf8Bytes(order, OrderJson.Default.Order);

    private OrderLine NextLine() => new(
        Text($"978{random.NextInt64(1_000_000_000, 10_000_000_000)}"),
        $"The {Any(Words)} {Any(Words)} of the {Any(Words)} {Any(Words)}",
        random.Next(1, 4),
        random.Next(499, 4999) / 100m);

    private string Sentence(int length)
    {
        StringBuilder words = new(length + 16);
        while (words.Length < length)
            words.Append(Any(Words)).Append(' ');
        return words.ToString(0, Math.Max(length, 0));
    }

    private string Any(string[] choices) => choices[random.Next(choices.Length)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
