using Waybill.Sqlite;

namespace Waybill.Stores.Tests;

/// <summary>Holds the writer's thread right after a commit, so that more work gathers.</summary>
internal sealed class HeldWriter : IDisposable
{
    private readonly ManualResetEventSlim released = new();

    public static async Task<HeldWriter> HoldAsync(SqliteStore store, SqliteSite site)
    {
        HeldWriter held = new();
        TaskCompletionSource isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Arrived += _ =>
        {
            isHeld.TrySetResult();
            held.released.Wait();
        };
        _ = store.Elements.AcceptAsync([site.Order()], default);
        await isHeld.Task;
        return held;
    }

    public void Release() => released.Set();

    public void Dispose() => released.Set();
}
