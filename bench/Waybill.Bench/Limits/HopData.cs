using Waybill.Bench.Workload;

namespace Waybill.Bench.Limits;

/// <summary>
/// The data that the bare loops write: what the handlers would have made of it at each hop, made beforehand.
/// </summary>
internal sealed class HopData
{
    private const int Orders = 256;

    private readonly byte[][][] byOrder;

    public HopData()
    {
        OrderSource source = new(seed: 2);
        byOrder = [.. Enumerable.Range(0, Orders).Select(_ => AtEachHop(source.Next()))];
    }

    /// <summary>The data of one element after its n-th hop, from 0.</summary>
    public byte[] Of(int element, int hop) => byOrder[element % Orders][hop % TenHops.Hops];

    private static byte[][] AtEachHop(Order order) =>
        [.. Enumerable.Range(0, TenHops.Hops).Select(hop => OrderSource.ToJson(TenHops.After(hop, order)))];
}
