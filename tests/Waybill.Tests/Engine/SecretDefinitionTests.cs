using Waybill.Testing;
using static Waybill.Tests.Engine.SecretSample;

namespace Waybill.Tests.Engine;

/// <summary>What is wrong with declarations of secrets, and with keys, is told before any element moves.</summary>
public sealed class SecretDefinitionTests
{
    [Fact]
    public void Secrets_need_a_key_ring()
    {
        DefinitionException fault = Assert.Throws<DefinitionException>(() => new TestSite(Flow(_ => null!)));

        Assert.Contains("Set Keys", fault.Message);
    }

    [Fact]
    public void A_declaration_must_name_a_member_that_is_written()
    {
        Workflow flow = Flow(_ => null!).Encrypts<Purchase>(p => p.Others[0], p => p.Buyer.Name.Length);

        DefinitionException fault = Assert.Throws<DefinitionException>(() => Site(flow, null, OldKey));

        Assert.Contains("names no member", fault.Message);
        Assert.Contains("is not written as JSON", fault.Message);
    }

    [Fact]
    public void A_column_of_a_queue_cannot_be_taken_from_a_secret()
    {
        Node<Purchase, Card> packed = new("packed");
        Workflow<Purchase, Card> flow = Workflow<Purchase, Card>.Named("purchases").StartsAt(Pack)
            .Holds(Pack, h => h
                .GroupBy(p => p.Buyer.Name)
                .Columns(p => new { p.Buyer.Card.Number })
                .ReleasesTo(Flow(_ => null!), _ => Bought, packed))
            .Node(packed, n => n.Run((e, _) => Route.Finish(e.Data.Buyer.Card)).Finishes());

        DefinitionException fault = Assert.Throws<DefinitionException>(
            () => new TestSite(new TestSiteSetup { Workflows = [flow, Flow(_ => null!)] }));

        Assert.Contains("column \"number\" is taken from an encrypted member", fault.Message);
    }

    [Fact]
    public void A_ring_is_read_from_lines_and_its_first_key_is_the_current_one()
    {
        SecretKeyRing ring = SecretKeyRing.Parse(
            $"# keys\n\n{SecretKeyRing.NewLine("b")}\r\n{SecretKeyRing.NewLine("a")}\n");

        Assert.Equal("b", ring.CurrentKeyId);
        Assert.Equal((32, 32, 0), (ring.Find("a").Length, ring.Find("b").Length, ring.Find("c").Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a AAAA")]
    [InlineData("secret-without-id")]
    public void A_ring_that_cannot_be_used_is_refused_and_never_quoted(string text)
    {
        Exception refused = Assert.ThrowsAny<Exception>(() => SecretKeyRing.Parse(text));

        Assert.True(refused is FormatException or ArgumentException);
        Assert.DoesNotContain("secret-without-id", refused.Message);
    }
}
