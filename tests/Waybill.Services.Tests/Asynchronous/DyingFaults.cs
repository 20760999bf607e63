using Waybill.Testing;

namespace Waybill.Services.Tests.Asynchronous;

/// <summary>Carries out so many calls, but nobody hears of the last of them, or of any after.</summary>
internal sealed class DyingFaults(int step) : IStoreFaults
{
    private readonly TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int calls = int.MinValue;

    public Task Died => died.Task;

    public void Arm() => calls = 0;

    public async Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
    {
        int number = Interlocked.Increment(ref calls);
        if (number > step)
            return await new TaskCompletionSource<T>().Task;
        T result = await apply();
        if (number < step)
            return result;
        died.SetResult();
        return await new TaskCompletionSource<T>().Task;
    }

    public void Hint(Action arrived) => arrived();
}
