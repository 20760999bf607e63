using Waybill.Engine.Remote;

namespace Waybill.Tests.Engine;

public sealed class RemoteLeaseNameTests
{
    private readonly RemoteLeaseNames here = new(() => "0000aaaa", () => "secret");
    private readonly RemoteLeaseNames there = new(() => "0000bbbb", () => "secret");

    [Fact]
    public void A_lease_names_the_process_that_gave_it()
    {
        Assert.Equal("0000aaaa.secret", here.New());
        Assert.False(here.IsOfAnother(here.New()));
        Assert.True(here.IsOfAnother(there.New()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("0000bbbb.")]
    [InlineData("b.secret")]
    [InlineData(".secret")]
    public void What_is_no_lease_is_nobodys(string text) => Assert.False(here.IsOfAnother(text));
}
