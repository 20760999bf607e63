namespace Waybill.Tracking;

/// <summary>How journals are followed and the warehouse is kept. Checked when it is first used.</summary>
public sealed class TrackingOptions
{
    /// <summary>The name under which journals know the feed. Two tracking stores need two names. Default:
    /// <c>tracking</c>.</summary>
    public string Reader { get; set; } = "tracking";

    /// <summary>How many journal rows one pass takes in; bounds the memory of a feed. Default: 5,000.</summary>
    public int BatchMax { get; set; } = 5000;

    /// <summary>How often a journal is looked at when it has nothing new. Default: a quarter of a second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a site is told which rows it may forget. Default: 10 seconds.</summary>
    public TimeSpan AcknowledgeInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often finished families are moved to the warehouse. Default: 1 second.</summary>
    public TimeSpan MoveInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many families are moved at once. Default: 1,000.</summary>
    public int MoveMax { get; set; } = 1000;

    /// <summary>How many months the warehouse keeps beside the present one; null for all. Default: all.</summary>
    public int? MonthsKept { get; set; }

    /// <summary>
    /// How long the detail and facts of a row set aside are kept, from when the site wrote it, while nobody can tell
    /// whose data they are, so that they cannot be sealed; null for ever. Default: 30 days.
    /// </summary>
    public TimeSpan? AsideTextKept { get; set; } = TimeSpan.FromDays(30);

    /// <exception cref="InvalidOperationException">Says all that is wrong.</exception>
    internal TrackingOptions Checked()
    {
        string[] faults = [.. Faults()];
        return faults.Length == 0 ? this : throw new InvalidOperationException(string.Join(' ', faults));
    }

    private IEnumerable<string> Faults()
    {
        if (Reader.Length is 0 or > 100)
            yield return $"{nameof(Reader)} must have 1 to 100 characters, it is \"{Reader}\".";
        if (BatchMax < 1 || MoveMax < 1)
            yield return $"{nameof(BatchMax)} and {nameof(MoveMax)} must be at least 1.";
        if (PollInterval <= TimeSpan.Zero || MoveInterval <= TimeSpan.Zero)
            yield return $"{nameof(PollInterval)} and {nameof(MoveInterval)} must be more than zero.";
        if (AsideTextKept < TimeSpan.Zero)
            yield return $"{nameof(AsideTextKept)} cannot be negative, it is {AsideTextKept}.";
        if (MonthsKept < 0)
            yield return $"{nameof(MonthsKept)} cannot be negative, it is {MonthsKept}.";
    }
}
