using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class SubmitTests
{
    private readonly Workflow<Parcel, string> flow = Single(e => Route.Finish(e.Data.Note));

    [Fact]
    public async Task A_second_submission_gets_the_first_ones_ticket_even_after_the_end()
    {
        await using TestSite site = new(flow);

        Ticket<string> first = await site.Client.SubmitAsync(flow, "1", new Parcel("first"));
        Ticket<string> second = await site.Client.SubmitAsync(flow, "1", new Parcel("second"));
        await site.RunUntilQuietAsync();
        Ticket<string> third = await site.Client.SubmitAsync(flow, "1", new Parcel("third"));
        await site.RunUntilQuietAsync();

        Assert.Equal((true, false, false), (first.IsNew, second.IsNew, third.IsNew));
        Assert.Equal((first.Id, first.Id), (second.Id, third.Id));
        Assert.Equal("first", (await site.StatusAsync(flow)).Result);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" padded")]
    [InlineData("a\0b")]
    public async Task A_bad_business_key_is_the_callers_mistake(string key)
    {
        await using TestSite site = new(flow);

        await Assert.ThrowsAsync<ArgumentException>(() => site.Client.SubmitAsync(flow, key, new Parcel()));
    }

    [Fact]
    public async Task A_workflow_that_the_site_does_not_define_is_the_callers_mistake()
    {
        await using TestSite site = new(flow);

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => site.Client.SubmitAsync(Single(_ => Route.Finish("x"), name: "others"), "1", new Parcel()));

        Assert.Contains("others:1 is not defined at this site", error.Message);
    }

    [Fact]
    public async Task WaitAsync_hears_of_the_ending()
    {
        await using TestSite site = new(flow);
        Ticket<string> ticket = await site.Client.SubmitAsync(flow, "1", new Parcel("heard"));

        Task<TicketStatus<string>> waiting = site.Client.WaitAsync(ticket);
        bool isEarly = waiting.IsCompleted;
        await site.RunUntilQuietAsync();

        Assert.False(isEarly);
        Assert.Equal("heard", (await waiting).Result);
    }

    [Fact]
    public async Task A_client_is_told_of_endings_in_its_process()
    {
        await using TestSite site = new(flow);
        List<ElementId> ended = [];
        site.Client.Ended += ended.Add;

        ElementId element = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        Assert.Equal([element], ended);
    }

    [Fact]
    public async Task The_status_of_an_unknown_key_is_null()
    {
        await using TestSite site = new(flow);

        Assert.Null(await site.Client.StatusAsync(flow, "nobody"));
        Assert.False(await site.Client.SignalAsync(ElementRef.Of("parcels", "nobody"), Paid, 1));
    }
}
