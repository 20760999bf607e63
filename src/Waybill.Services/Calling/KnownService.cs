namespace Waybill.Services.Calling;

/// <summary>One service as this process calls it: its endpoints now, and what its calls share.</summary>
internal sealed class KnownService(TimeProvider time)
{
    private volatile Endpoint[] endpoints = [];
    private long judgedAt = time.GetTimestamp();

    public IReadOnlyList<Endpoint> Endpoints => endpoints;

    public RetryBudget Budget { get; } = new(time);

    /// <summary>Replaces the endpoints; those that stay keep what was seen of them. Not thread-safe.</summary>
    public void Replace(IEnumerable<Uri> addresses)
    {
        Dictionary<Uri, Endpoint> before = endpoints.ToDictionary(endpoint => endpoint.Address);
        endpoints =
        [
            .. addresses.Distinct().Select(address => before.GetValueOrDefault(address) ?? new Endpoint(address, time)),
        ];
    }

    /// <summary>A call begins. Now and then it judges the endpoints, so that no loop is needed for it.</summary>
    public void CallBegan()
    {
        Budget.CallBegan();
        long last = Volatile.Read(ref judgedAt);
        long now = time.GetTimestamp();
        bool isDue = time.GetElapsedTime(last, now) >= OutlierJudge.Interval;
        if (isDue && Interlocked.CompareExchange(ref judgedAt, now, last) == last)
            OutlierJudge.JudgeOnce(endpoints);
    }
}
