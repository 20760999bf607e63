using System.Text;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Number">Which of the run.</param>
/// <param name="Route">What it is meant for.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="IsHead">Whether its answer has no body whatever its headers say.</param>
/// <param name="MayWait">Whether it asks the server to wait: its sender then hangs up soon.</param>
/// <param name="IsTorn">Whether its frame is broken: nothing can follow it, and there may be no answer.</param>
internal sealed record FuzzRequest(
    long Number, RouteShape Route, byte[] Bytes, bool IsHead, bool MayWait, bool IsTorn)
{
    private const int ShownMax = 2000;

    public override string ToString()
    {
        string text = Encoding.Latin1.GetString(Bytes, 0, Math.Min(Bytes.Length, ShownMax))
            .Replace("\0", "\\0", StringComparison.Ordinal);
        return $"#{Number} for {Route.Name}, {Bytes.Length} bytes:\n{text}";
    }
}

/// <summary>What came back.</summary>
/// <param name="Status">The status; 0 when the server closed the connection, -1 when the sender hung up.</param>
/// <param name="Headers">The headers; names without regard to case.</param>
/// <param name="Body">The body, without its frame.</param>
/// <param name="IsLast">Whether the connection is of no more use.</param>
internal sealed record FuzzAnswer(
    int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, bool IsLast)
{
    private static readonly Dictionary<string, string> None = [];

    public static FuzzAnswer Closed { get; } = new(0, None, [], IsLast: true);

    public static FuzzAnswer HungUp { get; } = new(-1, None, [], IsLast: true);

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public override string ToString() =>
        $"{Status}\n{string.Join("\n", Headers.Select(header => $"{header.Key}: {header.Value}"))}\n\n{Text}";
}
