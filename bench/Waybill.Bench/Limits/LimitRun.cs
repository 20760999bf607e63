using Waybill.Bench.Children;
using Waybill.Bench.Machine;

namespace Waybill.Bench.Limits;

/// <summary>Runs a bare loop over so many elements for so many hops.</summary>
internal static class LimitRun
{
    private const int BatchMax = 200;

    public static Stretch Run(ChildTask task)
    {
        HopData data = new();
        using ILimitLoop loop = task.Place.CreateLimit(task.Elements, data);
        LimitOrder order = new(task.Elements);

        // A tenth as much before, so that the code is compiled and the store's caches are filled.
        Move(loop, order, task.Hops / 10, data);
        UsageMeter meter = UsageMeter.Start(0, task.Place.ServerProcess);
        return meter.Stop(Move(loop, order, task.Hops, data));
    }

    private static long Move(ILimitLoop loop, LimitOrder order, long hops, HopData data)
    {
        long moved = 0;
        while (moved < hops)
        {
            ReadOnlySpan<int> batch = order.NextBatch(BatchMax);
            loop.Move(batch, order.Rounds, data);
            moved += batch.Length;
        }

        return moved;
    }
}
