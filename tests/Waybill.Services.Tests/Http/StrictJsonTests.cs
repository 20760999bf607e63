using System.Text;
using System.Text.Json;
using Waybill.Services.Http;

namespace Waybill.Services.Tests.Http;

public sealed class StrictJsonTests
{
    [Fact]
    public void What_is_asked_for_is_read()
    {
        Wish wish = Parse("""{"count":2,"colour":"darkRed","note":"x\u00e9"}""");

        Assert.Equal(new Wish(2, Colour.DarkRed, "xé"), wish);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("null", "null")]
    [InlineData("{", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("""{"count":2,"colour":"darkRed"} {}""", "cannot be read")]
    [InlineData("""{"count":2,"colour":"darkRed",}""", "cannot be read")]
    [InlineData("""{"count":2,"colour":"darkRed"}//x""", "cannot be read")]
    [InlineData("""{"count":2,"colour":"darkRed","size":1}""", "size")]
    [InlineData("""{"count":2,"count":3,"colour":"darkRed"}""", "count")]
    [InlineData("""{"count":2}""", "colour")]
    [InlineData("""{"count":null,"colour":"darkRed"}""", "$.count")]
    [InlineData("""{"count":"2","colour":"darkRed"}""", "$.count")]
    [InlineData("""{"count":99999999999,"colour":"darkRed"}""", "$.count")]
    [InlineData("""{"count":2,"colour":1}""", "$.colour")]
    [InlineData("""{"count":2,"colour":"green"}""", "$.colour")]
    [InlineData("""{"Count":2,"colour":"darkRed"}""", "Count")]
    [InlineData("""{"count":2,"colour":"darkRed","note":"\ud800"}""", "$.note")]
    public void What_is_not_is_the_clients_mistake(string json, string named)
    {
        ProblemException problem = Assert.Throws<ProblemException>(() => Parse(json));

        Assert.Equal(ProblemType.InvalidInput, problem.Type);
        Assert.Contains(named, problem.Message);
    }

    [Theory]
    [InlineData("""{"names":["a",null],"notes":[]}""", "names")]
    [InlineData("""{"names":["a"],"notes":[null],"byName":{"a":[null]}}""", "byName")]
    [InlineData("""{"names":["a"],"notes":[],"more":[{"names":[null],"notes":[]}]}""", "$.more")]
    public void Nulls_in_lists_and_maps_are_refused_wherever_they_are(string json, string named)
    {
        ProblemException problem = Assert.Throws<ProblemException>(
            () => StrictJson.Parse<Lists>(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(ProblemType.InvalidInput, problem.Type);
        Assert.Contains(named, problem.Message);
        Assert.Contains("holds null", problem.Message);
    }

    [Fact]
    public void Nulls_that_are_declared_are_read_and_a_body_that_is_a_list_holds_none()
    {
        Lists read = StrictJson.Parse<Lists>("""{"names":["a"],"notes":[null],"counts":[null,1]}"""u8);

        Assert.Equal((string?)null, Assert.Single(read.Notes));
        Assert.Equal([null, 1], read.Counts!);
        Assert.Throws<ProblemException>(() => StrictJson.Parse<Wish[]>("[null]"u8));
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T13:00:00+01:00")]
    [InlineData("2026-01-31T10:00:00.000-02:00")]
    public void An_instant_says_its_offset(string text) => Assert.Equal(
        new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        StrictJson.Parse<Due>(Encoding.UTF8.GetBytes($$"""{"at":"{{text}}"}""")).At);

    [Theory]
    [InlineData("\"2026-01-31T12:00:00\"", "offset")]
    [InlineData("\"2026-01-31\"", "offset")]
    [InlineData("\"soon\"", "instant")]
    [InlineData("5", "instant")]
    public void One_without_is_not_read_as_the_servers_local_time(string json, string named)
    {
        ProblemException problem = Assert.Throws<ProblemException>(
            () => StrictJson.Parse<Due>(Encoding.UTF8.GetBytes($$"""{"at":{{json}}}""")));

        Assert.Contains("$.at", problem.Message, StringComparison.Ordinal);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_the_clients_mistake()
    {
        byte[] json = [.. """{"count":2,"colour":"darkRed","note":"("""u8, 0xC3, 0x28, .. ")\"}"u8];

        Assert.Contains("UTF-8", Assert.Throws<ProblemException>(() => StrictJson.Parse<Wish>(json)).Message);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\uDC00\ud800":1}""")]
    [InlineData("""[{"a":["\ud83dx"]}]""")]
    public void Half_a_surrogate_pair_is_the_clients_mistake_also_in_json_that_is_taken_as_it_stands(string json)
    {
        ProblemException problem = Assert.Throws<ProblemException>(
            () => StrictJson.Parse<JsonElement>(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(ProblemType.InvalidInput, problem.Type);
    }

    [Fact]
    public void A_whole_surrogate_pair_is_read() =>
        Assert.Equal("😀", StrictJson.Parse<JsonElement>("\"\\ud83d\\ude00\""u8).GetString());

    [Fact]
    public void Deep_nesting_is_the_clients_mistake()
    {
        string json = new string('[', 100_000) + new string(']', 100_000);

        Assert.Throws<ProblemException>(() => Parse(json));
    }

    private static Wish Parse(string json) => StrictJson.Parse<Wish>(Encoding.UTF8.GetBytes(json));

    private sealed record Due(DateTimeOffset? At = null);

    private enum Colour
    {
        Blue,
        DarkRed,
    }

    private sealed record Wish(int Count, Colour Colour, string? Note = null);

    private sealed record Lists(
        IReadOnlyList<string> Names, IReadOnlyList<string?> Notes,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? ByName = null, IReadOnlyList<Lists>? More = null,
        int?[]? Counts = null);
}
