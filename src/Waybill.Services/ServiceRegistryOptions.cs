namespace Waybill.Services;

/// <summary>How a process shares its services and measurements with the others of its site.</summary>
public sealed class ServiceRegistryOptions
{
    /// <summary>
    /// The base address under which other processes reach this one. Default: null, the addresses that the server
    /// listens on; needed where it listens on all of a machine's, or stands behind something that forwards.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>How often addresses and reports are renewed and read. Default: 5 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long what a process said counts after it was renewed last. Default: 15 seconds.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromSeconds(15);

    internal IEnumerable<string> Faults()
    {
        if (Address is not null && !ServicesOptions.IsBase(Address))
            yield return $"{nameof(Address)} \"{Address}\" is no base address: write http://host:port or https://.";
        if (Interval <= TimeSpan.Zero)
            yield return $"{nameof(Interval)} must be more than zero, it is {Interval}.";
        if (KeepFor < Interval * 2)
            yield return $"{nameof(KeepFor)} must be at least twice {nameof(Interval)}, it is {KeepFor}.";
    }
}
