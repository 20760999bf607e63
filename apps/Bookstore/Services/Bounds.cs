using Waybill.Services;

namespace Bookstore.Services;

/// <summary>How much one call may ask for.</summary>
internal static class Bounds
{
    public const int ListMax = 5000;

    /// <exception cref="RefusedException">The list is longer than <see cref="ListMax"/>.</exception>
    public static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> asked, int max = ListMax) => asked.Count <= max
        ? asked
        : throw new RefusedException(
            "too-many", $"{asked.Count} are asked for at once; ask for {max} at most, several times.");
}
