using Microsoft.AspNetCore.Http;
using Waybill.Services.Http;

namespace Waybill.Services.Tests.Http;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData("respond-async, wait=10", true, 10)]
    [InlineData("Respond-Async; x=1 , WAIT = \"7\"; y", true, 7)]
    [InlineData("wait=3, wait=9", false, 3)]
    [InlineData("wait=0", false, 0)]
    [InlineData("foo=\"a, wait=5\", respond-async", true, null)]
    [InlineData("wait=-1, wait=x, wait=1.5, wait", false, null)]
    [InlineData("wait=99999999999999999999", false, null)]
    [InlineData("wait=100000000", false, 86400)]
    [InlineData(",;=\"\\", false, null)]
    [InlineData("", false, null)]
    public void Are_read_as_RFC_7240_says(string header, bool respondAsync, int? wait)
    {
        DefaultHttpContext context = new();
        context.Request.Headers["Prefer"] = header;

        Preferences preferences = Preferences.Of(context.Request);

        Assert.Equal(respondAsync, preferences.RespondAsync);
        Assert.Equal(wait, (int?)preferences.Wait?.TotalSeconds);
    }

    [Fact]
    public void Several_headers_count_as_one()
    {
        DefaultHttpContext context = new();
        context.Request.Headers["Prefer"] = new(["wait=4", "respond-async"]);

        Assert.Equal(new Preferences(true, TimeSpan.FromSeconds(4)), Preferences.Of(context.Request));
    }
}
