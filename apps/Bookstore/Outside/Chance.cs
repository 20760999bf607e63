using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bookstore.Outside;

/// <summary>
/// Seeded chance of the simulated world. What happens follows from the seed and from what it happens to, so that it
/// happens again in the same way after a restart and in every process.
/// </summary>
public sealed class Chance(int seed)
{
    public int Seed => seed;

    public bool Happens(double probability, params object[] about) => Of(about) < probability;

    /// <summary>A number from 0 to 1.</summary>
    public double Of(params object[] about) => Draw(about) / (ulong.MaxValue + 1.0);

    /// <summary>A number generator of its own for one thing.</summary>
    public Random For(params object[] about) => new(unchecked((int)Draw(about)));

    private ulong Draw(object[] about)
    {
        string text = string.Join(
            '|', about.Prepend(seed).Select(part => Convert.ToString(part, CultureInfo.InvariantCulture)));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BitConverter.ToUInt64(hash);
    }
}
