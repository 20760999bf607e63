namespace Waybill.Crash.Tests.Sites;

/// <summary>Waits for what others do to a store, of which nobody tells this process.</summary>
internal static class Eventually
{
    // Generous: it only bounds how long a test that fails takes to do so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<T> GetAsync<T>(Func<Task<T>> look, Func<T, bool> isRight, string what)
    {
        long began = TimeProvider.System.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (true)
        {
            T seen = await look();
            if (isRight(seen))
                return seen;
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Patience, $"expected {what}, got: {seen}");
            await timer.WaitForNextTickAsync();
        }
    }
}
