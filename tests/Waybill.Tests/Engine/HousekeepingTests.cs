using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class HousekeepingTests
{
    [Fact]
    public async Task Records_whose_time_has_run_out_are_forgotten()
    {
        await using TestSite site = new(Single(_ => Route.Finish("ok")));
        RecordWrite write = new(new RecordKey("endpoint", "a"), "{}"u8.ToArray());
        RecordWrite other = write with { Key = new RecordKey("endpoint", "b"), KeepFor = TimeSpan.FromHours(1) };
        await site.Store.Records.WriteAsync([write, other], default);

        int early = await site.Passes.Caretaker.PurgeOnceAsync();
        await site.AdvanceAsync(TimeSpan.FromHours(2));
        int late = await site.Passes.Caretaker.PurgeOnceAsync();

        Assert.Equal((0, 1), (early, late));
        Assert.Equal(1, await site.Store.Records.CountAsync(new RecordFilter("endpoint"), default));
    }
}
