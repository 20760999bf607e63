using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>The order of values of one column: none first, text by its code points.</summary>
internal sealed class HeldOrder : IComparer<HeldValue>
{
    public static HeldOrder Ascending { get; } = new();

    public static bool IsTrue(HeldValue value, HeldComparison comparison, HeldValue with)
    {
        if (value == HeldValue.None || with == HeldValue.None)
            return (value == with) == (comparison == HeldComparison.Equal) && comparison <= HeldComparison.NotEqual;
        int order = Ascending.Compare(value, with);
        return comparison switch
        {
            HeldComparison.Equal => order == 0,
            HeldComparison.NotEqual => order != 0,
            HeldComparison.Less => order < 0,
            HeldComparison.LessOrEqual => order <= 0,
            HeldComparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    public int Compare(HeldValue x, HeldValue y) => (x.Type, y.Type) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (HeldType.Text, _) => CompareCodePoints(x.Text!, y.Text!),
        (HeldType.Number, _) => Nullable.Compare(x.Number, y.Number),
        _ => Nullable.Compare(x.Instant, y.Instant),
    };

    // Surrogates stand for the highest code points, though there are characters with higher numbers than theirs.
    private static int CompareCodePoints(string x, string y)
    {
        for (int i = 0; i < Math.Min(x.Length, y.Length); i++)
        {
            if (x[i] == y[i])
                continue;
            bool isHigh = char.IsSurrogate(x[i]);
            return isHigh == char.IsSurrogate(y[i]) ? x[i].CompareTo(y[i]) : isHigh ? 1 : -1;
        }

        return x.Length.CompareTo(y.Length);
    }
}
