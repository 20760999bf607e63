namespace Bookstore.Centre;

/// <summary>The distribution centres.</summary>
public static class Centres
{
    /// <summary>Where all of them are.</summary>
    public const string Country = "United Kingdom";

    public static IReadOnlyList<string> All { get; } = ["Glasgow", "Leeds", "Reading"];
}
