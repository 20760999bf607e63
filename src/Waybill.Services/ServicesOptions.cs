namespace Waybill.Services;

/// <summary>
/// How this process calls services. Read from the section <c>Waybill:Services</c> of the host's configuration, if it
/// has one.
/// </summary>
public sealed class ServicesOptions
{
    /// <summary>
    /// As whom calls are made that no service makes. Default: the program's name.
    /// </summary>
    public string Name { get; set; } = AppDomain.CurrentDomain.FriendlyName;

    /// <summary>
    /// Where services are: base addresses, by a service's name (<c>inventory</c>, all versions) or address
    /// (<c>inventory:2</c>, which wins). What this process serves itself needs none.
    /// </summary>
    public IDictionary<string, string[]> Endpoints { get; } =
        new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The value of the header <c>Authorization</c> that calls carry; null (the default) for none. Secret: never
    /// logged.
    /// </summary>
    public string? Authorization { get; set; }

    /// <summary>Answers larger than this are given up. Default: 8 MiB.</summary>
    public int AnswerMaxBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How many connections one endpoint gets at the most. Default: 256.</summary>
    public int ConnectionsMax { get; set; } = 256;

    /// <summary>
    /// What carries calls instead of the network, for tests: a test server's handler. Default: none.
    /// </summary>
    public HttpMessageHandler? Handler { get; set; }

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100 || Name.Any(c => c is < ' ' or > '~'))
            yield return $"{nameof(Name)} must be 1 to 100 printable ASCII characters, it is \"{Name}\".";
        if (AnswerMaxBytes < 1)
            yield return $"{nameof(AnswerMaxBytes)} must be at least 1, it is {AnswerMaxBytes}.";
        if (ConnectionsMax < 1)
            yield return $"{nameof(ConnectionsMax)} must be at least 1, it is {ConnectionsMax}.";
        foreach ((string service, string[] addresses) in Endpoints)
        {
            foreach (string address in addresses.Where(address => !IsBase(address)))
                yield return
                    $"\"{address}\" of service {service} is no base address: write http://host:port or https://.";
        }
    }

    internal static bool IsBase(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri.Query.Length == 0 && uri.Fragment.Length == 0
        && uri.UserInfo.Length == 0;
}
