using System.Net;
using Waybill.Server.Callbacks;

namespace Waybill.Server.Tests.Callbacks;

public sealed class AddressJudgeTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void What_is_not_public_is_refused(string address)
    {
        Assert.False(new AddressJudge(new CallbackOptions()).Allows("shop.example", IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    public void What_is_public_is_allowed(string address)
    {
        Assert.True(new AddressJudge(new CallbackOptions()).Allows("shop.example", IPAddress.Parse(address)));
    }

    [Fact]
    public void An_operator_can_allow_hosts_and_networks()
    {
        CallbackOptions options = new()
        {
            AllowedHosts = { "shop.internal" },
            AllowedNetworks = { IPNetwork.Parse("10.20.0.0/16") },
        };
        AddressJudge judge = new(options);

        Assert.True(judge.Allows("Shop.Internal", IPAddress.Parse("192.168.0.1")));
        Assert.True(judge.Allows("other.internal", IPAddress.Parse("10.20.1.1")));
        Assert.True(judge.Allows("other.internal", IPAddress.Parse("::ffff:10.20.1.1")));
        Assert.False(judge.Allows("other.internal", IPAddress.Parse("10.21.0.1")));
        Assert.False(judge.Allows("evil-shop.internal", IPAddress.Parse("192.168.0.1")));
    }
}
