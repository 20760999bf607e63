namespace Waybill.Crash.Tests.BadInput;

/// <summary>What travels; the way says what its handler does wrong.</summary>
internal sealed record Odd(string Way, string? Ballast = null);

/// <summary>A workflow whose handlers do all that handlers should not do, and one way on which all is well.</summary>
internal static class OddWorkflow
{
    private static readonly Node<Odd> Enter = new("enter");
    private static readonly Node<Odd> Hang = new("hang");
    private static readonly Node<Odd, string> Resume = new("resume");
    private static readonly Node<Odd> Pack = new("pack");
    private static readonly Node<Odd> Leave = new("leave");

    public static readonly Signal<string> GoOn = new("go-on");

    public static Workflow<Odd, string> Workflow { get; } = Workflow<Odd, string>.Named("odd")
        .StartsAt(Enter)
        .Node(Enter, n => n.Run(RunEnter).Retry(times: 1, Backoff.None)
            .GoesTo(Hang, Pack).WaitsFor(GoOn, resumesAt: Resume))
        .Node(Hang, n => n.Run(RunHangAsync).Retry(times: 0, Backoff.None).GoesTo(Leave)
            .Timeout(TimeSpan.FromMilliseconds(200)))
        .Node(Resume, n => n.Run((odd, _) => Route.To(Pack, odd.Data)).GoesTo(Pack))
        .Node(Pack, n => n.RunBatch(100, RunPack).GoesTo(Leave))
        .Node(Leave, n => n.Run(odd => Route.Finish(odd.Data.Way)).Finishes());

    private static Route RunEnter(Element<Odd> odd) => odd.Data.Way switch
    {
        "throws" => throw new InvalidOperationException("odd"),
        "has no way" => Route.To(Leave, odd.Data),
        "returns null" => null!,
        "has no data" => Route.To(Pack, (Odd)null!),
        "grows" => Route.To(Pack, odd.Data with { Ballast = new string('x', 3 * 1024 * 1024) }),
        "finishes wrongly" => Route.Finish(1),
        "waits" => Route.WaitFor(GoOn, Resume, odd.Data),
        "hangs" or "hangs politely" => Route.To(Hang, odd.Data),
        _ => Route.To(Pack, odd.Data),
    };

    private static async ValueTask<Route> RunHangAsync(Element<Odd> odd, CancellationToken cancel)
    {
        CancellationToken heeded = odd.Data.Way == "hangs politely" ? cancel : CancellationToken.None;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, heeded);
        return Route.To(Leave, odd.Data);
    }

    private static ValueTask<IReadOnlyList<Route>> RunPack(
        IReadOnlyList<Element<Odd>> odds, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<Route>>([.. odds.Select(odd => Route.To(Leave, odd.Data))]);
}
