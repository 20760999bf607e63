using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Noting;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeJsonTests
{
    private readonly Workflow<Parcel, string> flow =
        Single(e => Route.Finish(e.Data.Note)).Notes([First]);

    [Fact]
    public async Task A_change_can_be_asked_for_by_name()
    {
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);

        ChangeResult result = await site.Client.Changes.ApplyJsonAsync(
            ElementRef.Of(id), NoteChange.Name, "\"told\""u8.ToArray(), Clerk, TimeSpan.FromSeconds(1));
        await site.RunUntilQuietAsync();

        Assert.Equal(ChangeResultStatus.Applied, result.Status);
        Assert.Equal("told", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_payload_is_read_strictly_and_an_unknown_change_is_named()
    {
        await using TestSite site = new(flow);
        ElementRef id = ElementRef.Of(await site.SubmitAsync(flow));

        InputException unreadable = await Assert.ThrowsAsync<InputException>(
            () => site.Client.Changes.RequestJsonAsync(id, NoteChange.Name, "5"u8.ToArray(), Clerk));
        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(
            () => site.Client.Changes.RequestJsonAsync(id, "colour", "5"u8.ToArray(), Clerk));

        Assert.Contains($"payload of change \"{NoteChange}\"", unreadable.Message);
        Assert.Contains("\"colour\"", unknown.Message);
        Assert.Empty((await site.Client.Changes.ListAsync(ChangeFilter.All)).Items);
    }
}
