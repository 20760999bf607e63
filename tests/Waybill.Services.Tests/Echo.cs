namespace Waybill.Services.Tests;

/// <summary>An echo that says the same word each time, or what the test wants.</summary>
internal sealed class Echo(string word = "echo") : IEcho
{
    public Func<Task<string>>? Answer { get; set; }

    public Task<string> AgainAsync(CancellationToken cancel = default) => OnceAsync();

    public Task<string> OnceAsync() => Answer?.Invoke() ?? Task.FromResult(word);

    public Task<string> HedgedAsync() => OnceAsync();
}
