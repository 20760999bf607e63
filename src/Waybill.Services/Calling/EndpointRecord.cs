namespace Waybill.Services.Calling;

/// <summary>What an endpoint did in a while. Thread-safe.</summary>
internal sealed class EndpointRecord
{
    private readonly Lock gate = new();
    private int attempts;
    private int broken;
    private TimeSpan total;

    public void Add(TimeSpan latency, bool isBroken)
    {
        lock (gate)
        {
            attempts++;
            broken += isBroken ? 1 : 0;
            total += latency;
        }
    }

    /// <summary>Takes what was seen, and begins anew.</summary>
    public Seen Take()
    {
        lock (gate)
        {
            Seen seen = new(attempts, broken, total);
            attempts = broken = 0;
            total = TimeSpan.Zero;
            return seen;
        }
    }

    /// <summary>Attempts, those of them that broke, and how long all took together.</summary>
    public readonly record struct Seen(int Attempts, int Broken, TimeSpan Total)
    {
        public double BrokenShare => Attempts == 0 ? 0 : (double)Broken / Attempts;

        public TimeSpan MeanLatency => Attempts == 0 ? TimeSpan.Zero : Total / Attempts;
    }
}
