namespace Bookstore.Centre;

/// <summary>The distribution centres.</summary>
public static class Centres
{
    /// <summary>Where all of them are.</summary>
    public const string Country = "United Kingdom";

    /// <summary>When carriers leave, by UTC.</summary>
    public static TimeOnly[] CutOffs { get; } = [new(11, 0), new(16, 0), new(20, 30)];

    public static IReadOnlyList<string> All { get; } = ["Glasgow", "Leeds", "Reading"];
}
