using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookstore;

/// <summary>An amount in pence. Whole pence only: sums of it always add up.</summary>
[JsonConverter(typeof(MoneyJson))]
public readonly record struct Money(long Pence)
{
    public static Money Zero => default;

    public static Money operator +(Money one, Money other) => new(one.Pence + other.Pence);

    public static Money operator -(Money one, Money other) => new(one.Pence - other.Pence);

    public static Money operator *(Money price, long pieces) => new(price.Pence * pieces);

    public static Money Sum(IEnumerable<Money> amounts) => new(amounts.Sum(amount => amount.Pence));

    /// <summary>Pounds and pence, the same in every culture: <c>£1,234.50</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Pence < 0 ? "-" : "")}£{Math.Abs(Pence / 100m):N2}");

    private sealed class MoneyJson : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.Pence);
    }
}
