using System.Text;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class SubmitJsonTests
{
    private readonly Workflow<Parcel, string> flow = Single(e => Route.Finish($"{e.Data.Note} {e.Data.Count}"));

    [Fact]
    public async Task Json_is_submitted_to_the_newest_version()
    {
        Workflow<Parcel, string> newer = Flow(version: 2).Node(First, n => n.Run(_ => Route.Finish("new")).Finishes());
        await using TestSite site = new(newer, flow);

        Ticket ticket = await SubmitAsync(site, """{"note":"a","count":3}""");
        await site.RunUntilQuietAsync();

        Assert.Equal(("parcels", 2, "1", true), (ticket.Workflow, ticket.Version, ticket.BusinessKey, ticket.IsNew));
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
        Assert.False((await SubmitAsync(site, """{"note":"b"}""")).IsNew);
    }

    [Theory]
    [InlineData("""{"note":"a","cuont":3}""", "cuont")]
    [InlineData("""{"note":"a","note":"b"}""", "note")]
    [InlineData("""{"note":null}""", "note")]
    [InlineData("""{"count":"three"}""", "$.count")]
    [InlineData("null", "is null")]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"note":"a"} {}""", "cannot be read")]
    public async Task Json_is_read_strictly(string json, string told)
    {
        await using TestSite site = new(flow);

        InputException error = await Assert.ThrowsAsync<InputException>(() => SubmitAsync(site, json));

        Assert.Contains("input of workflow \"parcels\"", error.Message);
        Assert.Contains(told, error.Message);
        Assert.Equal(0, await site.Store.Directory.CountAsync(Stores.ElementFilter.All, default));
    }

    [Fact]
    public async Task Members_without_a_default_must_be_given_and_nullable_ones_need_not()
    {
        Node<Order> taken = new("taken");
        Workflow<Order, string> orders = Workflow<Order, string>.Named("orders").StartsAt(taken)
            .Node(taken, n => n.Run(e => Route.Finish(e.Data.Sku)).Finishes());
        await using TestSite site = new(orders);

        InputException error = await Assert.ThrowsAsync<InputException>(() => SubmitAsync(site, "{}", "orders"));
        Ticket ticket = await SubmitAsync(site, """{"sku":"A1"}""", "orders");

        Assert.Contains("sku", error.Message);
        Assert.True(ticket.IsNew);
    }

    [Fact]
    public async Task Input_that_a_workflow_cannot_place_is_refused()
    {
        await using TestSite site = new(Single(
            _ => Route.Finish("done"), n => n.OrderedBy(p => p.Count / p.Note.Length == 0 ? p.Note : null)));

        InputException error = await Assert.ThrowsAsync<InputException>(() => SubmitAsync(site, """{"note":""}"""));

        Assert.Contains("no place at parcels:1/first", error.Message);
    }

    [Fact]
    public async Task Too_deep_nesting_is_refused()
    {
        await using TestSite site = new(flow);
        string deep = string.Concat(Enumerable.Repeat("{\"note\":", 1000));

        await Assert.ThrowsAsync<InputException>(() => SubmitAsync(site, deep));
    }

    [Fact]
    public async Task An_unknown_workflow_is_named_together_with_those_that_are_known()
    {
        await using TestSite site = new(flow);

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => SubmitAsync(site, "{}", "parcel"));

        Assert.Contains("no workflow \"parcel\". It defines: parcels.", error.Message);
    }

    private static Task<Ticket> SubmitAsync(TestSite site, string json, string workflow = "parcels") =>
        site.Client.SubmitJsonAsync(workflow, "1", Encoding.UTF8.GetBytes(json));

    private sealed record Order(string Sku, string? Note);
}
