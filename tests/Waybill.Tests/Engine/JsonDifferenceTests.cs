using System.Text;
using Waybill.Serialization;

namespace Waybill.Tests.Engine;

public sealed class JsonDifferenceTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":3}""", """{"from":{"b":2},"to":{"b":3}}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"x":1,"y":3}}""", """{"from":{"a":{"y":2}},"to":{"a":{"y":3}}}""")]
    [InlineData("""{"a":[1,2],"b":[3]}""", """{"a":[1,4],"b":[3]}""", """{"from":{"a":[1,2]},"to":{"a":[1,4]}}""")]
    [InlineData("""{"gone":1}""", """{"came":null}""", """{"from":{"gone":1},"to":{"came":null}}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":"x"}""", """{"from":{"a":{"x":1}},"to":{"a":"x"}}""")]
    [InlineData("""{"a":1}""", """{"a":1}""", """{"from":{},"to":{}}""")]
    [InlineData("1", "2", """{"from":1,"to":2}""")]
    public void Only_members_that_differ_are_told(string from, string to, string expected) =>
        Assert.Equal(expected, JsonDifference.Of(Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to)));
}
