using System.Text;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.SecretSample;

namespace Waybill.Tests.Engine;

/// <summary>Declared members are encrypted in the store, and plain to code and to the client.</summary>
public sealed class SecretTests
{
    private readonly List<Purchase> seen = [];

    [Fact]
    public async Task Code_and_clients_see_what_the_store_keeps_encrypted()
    {
        Workflow<Purchase, Card> flow = Flow(Noted);
        await using TestSite site = Site(flow, null, OldKey);

        Ticket<Card> ticket = await site.Client.SubmitAsync(flow, "1", Bought);
        string stored = await site.StoredAsync(ticket.Id);
        await site.RunUntilQuietAsync();

        Assert.DoesNotContain(Number, stored);
        Assert.Contains("\"holder\":\"bob\"", stored);
        Assert.Equal([Number, Number], [seen[0].Buyer.Card.Number, seen[0].Others[0].Number]);
        Assert.Equal(Number, (await site.Client.StatusAsync(flow, "1"))!.Result!.Number);
        TicketRecord kept = (await site.Store.Tickets.FindAsync(ElementRef.Of(ticket.Id), default))!;
        Assert.DoesNotContain(Number, Text(kept.Result));
        Assert.Equal("""{"number":"***","holder":"ann"}""", Text(SecretDesk.Masked(kept.Result)));
        Assert.Equal($$"""{"number":"{{Number}}","holder":"ann"}""", Text(site.Client.Secrets.Opened(kept.Result)));
    }

    [Fact]
    public async Task Contracts_made_at_build_time_find_their_secrets_too()
    {
        Workflow<Purchase, Card> flow = Flow(Noted);
        SiteOptions options = new() { Keys = new SecretKeyRing(OldKey), Json = SecretJson.Default.Options };
        await using TestSite site = new(new TestSiteSetup { Workflows = [flow], Options = options });

        Ticket<Card> ticket = await site.Client.SubmitAsync(flow, "1", Bought);
        string stored = await site.StoredAsync(ticket.Id);
        await site.RunUntilQuietAsync();

        Assert.DoesNotContain(Number, stored);
        Assert.Equal(Number, Assert.Single(seen).Buyer.Card.Number);
    }

    [Fact]
    public async Task An_old_key_still_reads_and_the_next_hop_writes_with_the_new_one()
    {
        Workflow<Purchase, Card> flow = Flow(e => Route.Wait(Pack, e.Data, TimeSpan.FromDays(1)));
        await using TestSite before = Site(flow, null, OldKey);
        ElementId id = (await before.Client.SubmitAsync(flow, "1", Bought)).Id;
        string first = await before.StoredAsync(id);

        await using TestSite after = Site(flow, before.Store, NewKey, OldKey);
        await after.RunUntilQuietAsync();

        Assert.Contains("waybill-sealed:old:", first);
        string second = await after.StoredAsync(id);
        Assert.Contains("waybill-sealed:new:", second);
        Assert.DoesNotContain("waybill-sealed:old:", second);
    }

    [Fact]
    public async Task A_secret_that_does_not_change_is_not_encrypted_anew()
    {
        Workflow<Purchase, Card> flow = Flow(e => Route.Wait(Pack, e.Data, TimeSpan.FromDays(1)));
        await using TestSite site = Site(flow, null, OldKey);
        ElementId id = (await site.Client.SubmitAsync(flow, "1", Bought)).Id;
        string first = await site.StoredAsync(id);

        await site.RunUntilQuietAsync();

        Assert.Equal(first, await site.StoredAsync(id));
    }

    [Fact]
    public async Task A_missing_key_sidelines_the_element_which_goes_on_when_the_key_is_there()
    {
        Workflow<Purchase, Card> flow = Flow(Noted);
        await using TestSite before = Site(flow, null, OldKey);
        ElementId id = (await before.Client.SubmitAsync(flow, "1", Bought)).Id;
        string first = await before.StoredAsync(id);

        await using TestSite without = Site(flow, before.Store, NewKey);
        await without.RunUntilQuietAsync();
        Failure failure = (await without.SingleSidelinedAsync()).Failure;
        string kept = await without.StoredAsync(id);
        await without.StopAsync();
        await using TestSite with = Site(flow, before.Store, NewKey, OldKey);
        with.Time.Advance(TimeSpan.FromMinutes(1));
        await with.Client.Sidelined.RetryAsync(SidelinedFilter.All, Sample.Clerk);
        await with.RunUntilQuietAsync();

        Assert.Equal(("waybill.key-missing", first), (failure.Type, kept));
        Assert.Contains("\"old\"", failure.Message);
        Assert.Equal(Number, (await with.Client.StatusAsync(flow, "1"))!.Result!.Number);
    }

    [Fact]
    public async Task An_encrypted_text_cannot_be_moved_to_another_member()
    {
        Workflow<Purchase, Card> flow = Flow(Noted);
        await using TestSite site = Site(flow, null, OldKey);
        ElementId id = (await site.Client.SubmitAsync(flow, "1", Bought)).Id;
        string[] parts = (await site.StoredAsync(id)).Split('"');
        string[] closed = [.. parts.Where(part => part.StartsWith("waybill-sealed:", StringComparison.Ordinal))];

        string moved = string.Join('"', parts.Select(part => part == closed[1] ? closed[0] : part));
        await AcceptRawAsync(site, moved);
        await site.RunUntilQuietAsync();

        SidelinedElement sidelined = await site.SingleSidelinedAsync();
        Assert.Equal(("2", "waybill.secret-unreadable"), (sidelined.BusinessKey, sidelined.Failure.Type));
        Assert.Contains("others.number", sidelined.Failure.Message);
    }

    [Fact]
    public async Task What_was_stored_before_the_declaration_is_read_and_encrypted_by_its_next_hop()
    {
        Workflow<Purchase, Card> flow = Flow(e => Route.Wait(Pack, e.Data, TimeSpan.FromDays(1)));
        await using TestSite site = Site(flow, null, OldKey);

        await AcceptRawAsync(site, """{"buyer":{"name":"x","card":{"number":"77","holder":"x"}},"others":[]}""");
        await site.RunUntilQuietAsync();

        string stored = await site.StoredAsync(new ElementId(new Guid("2".PadLeft(32, '0'))));
        Assert.Contains("\"number\":\"waybill-sealed:old:", stored);
    }

    [Fact]
    public async Task Unknown_members_beside_a_secret_and_within_it_survive()
    {
        Workflow<Purchase, Card> flow = Workflow<Purchase, Card>.Named("purchases").StartsAt(Pay)
            .Node(Pay, n => n
                .Run(e => Route.Wait(Pack, e.Data with { Others = [] }, TimeSpan.FromDays(1))).GoesTo(Pack))
            .Node(Pack, n => n.Run(e => Route.Finish(e.Data.Buyer.Card)).Finishes())
            .Encrypts<Buyer>(b => b.Card);
        await using TestSite site = Site(flow, null, OldKey);

        await AcceptRawAsync(
            site, """{"buyer":{"name":"x","card":{"number":"77","holder":"x","cvc":1},"since":2},"others":[]}""");
        await site.RunUntilQuietAsync();

        string stored = await site.StoredAsync(new ElementId(new Guid("2".PadLeft(32, '0'))));
        Assert.Contains("\"since\":2", stored);
        Assert.DoesNotContain("holder", stored);
        Assert.Contains("\"cvc\":1", Text(site.Client.Secrets.Opened(Encoding.UTF8.GetBytes(stored))));
    }

    [Fact]
    public async Task A_remote_worker_is_given_them_as_they_are_and_what_it_brings_is_encrypted()
    {
        Workflow<Parcel, string> flow = RemoteSample.Remote(n => n.GoesTo(Sample.Second)).Encrypts<Parcel>(p => p.Note);
        SiteOptions options = new() { Keys = new SecretKeyRing(OldKey) };
        await using TestSite site = new(new TestSiteSetup { Workflows = [flow], Options = options });
        ElementId id = await site.SubmitAsync(flow, data: new Parcel("plain"));
        string stored = await site.StoredAsync(id);

        RemoteWork work = await site.TakeAsync();
        RemoteRoute wait = RemoteSample.ToSecond() with { WaitSeconds = 60 };
        await site.CompleteAsync(work, wait);

        Assert.DoesNotContain("plain", stored);
        Assert.Contains("\"note\":\"plain\"", work.Text());
        Assert.DoesNotContain("by hand", await site.StoredAsync(id));
    }

    private Route Noted(Element<Purchase> element)
    {
        seen.Add(element.Data);
        return Route.To(Pack, element.Data);
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static Task AcceptRawAsync(TestSite site, string json) => site.Store.Elements.AcceptAsync(
        [
            new NewElement(
                new ElementId(new Guid("2".PadLeft(32, '0'))),
                new QueueSlot(new NodeAddress("purchases", 1, "pay")),
                "2",
                Encoding.UTF8.GetBytes(json)),
        ],
        default);
}
