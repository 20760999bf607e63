namespace Bookstore.Tests;

public sealed class StoreAddressTests
{
    [Theory]
    [InlineData("postgres:Host=db;Pasword=hush", "not a connection")]
    [InlineData("postgres:Host=db;Port=99999;Password=hush", "from 1 to 65535")]
    [InlineData("postgres:Username=shop;Password=hush", "names no Host")]
    [InlineData("postgres://shop:hush@db/shop", "not written as a URL")]
    [InlineData("postgresql://shop:hush@db/shop", "not written as a URL")]
    [InlineData("mysql:hush", "no kind of store")]
    [InlineData("sqlite:", "no kind of store")]
    public void What_is_no_address_is_refused_with_what_to_write_and_without_its_password(string text, string reason)
    {
        FormatException refused = Assert.Throws<FormatException>(() => StoreAddress.Parse(text));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Write ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.Message, StringComparison.Ordinal);
    }
}
