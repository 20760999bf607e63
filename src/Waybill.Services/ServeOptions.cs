namespace Waybill.Services;

/// <summary>How a process serves one service over HTTP.</summary>
public sealed class ServeOptions
{
    /// <summary>How many calls are carried out at the same time. Default: 100.</summary>
    public int ConcurrencyMax { get; set; } = 100;

    /// <summary>
    /// How many more wait for their turn, as long as their deadlines allow; others are turned away at once.
    /// Default: 200.
    /// </summary>
    public int QueueMax { get; set; } = 200;

    /// <summary>Arguments larger than this are refused. Default: 1 MiB.</summary>
    public int BodyMaxBytes { get; set; } = 1024 * 1024;

    internal IEnumerable<string> Faults() =>
        from limit in new (string Name, int Value, int Min)[]
        {
            (nameof(ConcurrencyMax), ConcurrencyMax, 1),
            (nameof(QueueMax), QueueMax, 0),
            (nameof(BodyMaxBytes), BodyMaxBytes, 1),
        }
        where limit.Value < limit.Min
        select $"{limit.Name} must be at least {limit.Min}, it is {limit.Value}.";
}
