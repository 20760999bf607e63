namespace Bookstore.Centre;

/// <summary>The distribution centres.</summary>
public static class Centres
{
    public static IReadOnlyList<string> All { get; } = ["Glasgow", "Leeds", "Reading"];
}
