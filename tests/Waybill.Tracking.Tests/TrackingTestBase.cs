namespace Waybill.Tracking.Tests;

/// <summary>Tests that hold for every kind of tracking store.</summary>
public abstract class TrackingTestBase : IAsyncLifetime
{
    protected TrackingFixture Fixture { get; private set; } = null!;

    protected TrackingStore Store => Fixture.Store;

    protected static CancellationToken Cancel => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        Fixture = Create();
        await Fixture.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Fixture.DisposeAsync();
    }

    protected abstract TrackingFixture Create();

    protected Tracker Tracker(Shop shop) => new(Store, shop.Time);
}
