namespace Waybill.Services.Calling;

/// <summary>Random numbers for the threads of one process.</summary>
internal sealed class Chance(Random random)
{
    private readonly Lock gate = new();

    public int Below(int max)
    {
        lock (gate)
            return random.Next(max);
    }

    /// <summary>From 0 to 1.</summary>
    public double Share()
    {
        lock (gate)
            return random.NextDouble();
    }
}
