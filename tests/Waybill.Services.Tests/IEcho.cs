namespace Waybill.Services.Tests;

/// <summary>The contract with which tests of the access path call endpoints that are only pretended.</summary>
[Service("echo")]
public interface IEcho
{
    [Operation(Idempotent = true, DeadlineMs = 3_000)]
    Task<string> AgainAsync(CancellationToken cancel = default);

    [Operation(DeadlineMs = 3_000)]
    Task<string> OnceAsync();

    [Operation(Idempotent = true, HedgeAfterMs = 50, DeadlineMs = 3_000)]
    Task<string> HedgedAsync();
}
