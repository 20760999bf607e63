using System.Net;
using System.Net.Sockets;

namespace Waybill.Server.Callbacks;

/// <summary>
/// Says which addresses may be connected to: public ones, and those that the operator allows. What is not known to be
/// public is not.
/// </summary>
internal sealed class AddressJudge(CallbackOptions options)
{
    private static readonly IPNetwork[] NotPublicV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), // this host
        IPNetwork.Parse("10.0.0.0/8"), // private
        IPNetwork.Parse("100.64.0.0/10"), // carrier-grade NAT
        IPNetwork.Parse("127.0.0.0/8"), // loopback
        IPNetwork.Parse("169.254.0.0/16"), // link-local, and the metadata services of clouds
        IPNetwork.Parse("172.16.0.0/12"), // private
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments
        IPNetwork.Parse("192.0.2.0/24"), // documentation
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"), // private
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"), // documentation
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, and broadcast
    ];

    // The only unicast addresses that IANA has given out; loopback, unique local, link-local, multicast and NAT64 stand
    // outside.
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicV6 =
    [
        IPNetwork.Parse("2001::/23"), // protocol assignments: Teredo, ORCHID, benchmarks
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("2002::/16"), // 6to4 carries any IPv4 address
        IPNetwork.Parse("3fff::/20"), // documentation
    ];

    /// <summary>Whether a connection to an address of a host is allowed.</summary>
    /// <param name="host">The host's name, as in the URL.</param>
    /// <param name="address">The address.</param>
    public bool Allows(string host, IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            || options.AllowedNetworks.Any(network => network.Contains(plain))
            || IsPublic(plain);
    }

    private static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !NotPublicV4.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => address.ScopeId == 0 && GlobalV6.Contains(address)
            && !NotPublicV6.Any(network => network.Contains(address)),
        _ => false,
    };
}
