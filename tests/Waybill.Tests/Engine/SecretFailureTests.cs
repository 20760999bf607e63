using System.Text.Json;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.SecretSample;

namespace Waybill.Tests.Engine;

/// <summary>What code says in failures, and what people do about them, where data is secret in part.</summary>
public sealed class SecretFailureTests
{
    private bool isMended;

    [Fact]
    public async Task A_failure_is_encrypted_and_can_be_opened_and_grouped()
    {
        await using TestSite site = Site(Flow(Declined), null, OldKey);
        await site.Client.SubmitAsync(Flow(Declined), "1", Bought);
        await site.Client.SubmitAsync(Flow(Declined), "2", Bought);
        await site.RunUntilQuietAsync();

        SidelinedElement sidelined = (await site.Client.Sidelined.ListAsync(SidelinedFilter.All)).Items[0];
        Assert.DoesNotContain(Number, JsonSerializer.Serialize(sidelined.Failure));
        Assert.Contains(Number, site.Client.Secrets.Opened(sidelined.Failure).Message);
        Assert.Contains(nameof(Declined), site.Client.Secrets.Opened(sidelined.Failure).Stack);
        Assert.Equal(("(encrypted)", "***"), (sidelined.Failure.Message, SecretDesk.Masked(sidelined.Failure).Stack));
        Assert.Equal(2, Assert.Single(await site.Client.Sidelined.GroupAsync(SidelinedFilter.All)).Count);
        Assert.All(
            (await site.Store.Journal.HistoryAsync(new(sidelined.Id), new(), default)).Items,
            entry => Assert.DoesNotContain(Number, entry.Detail ?? ""));
    }

    [Fact]
    public async Task A_failure_route_gets_the_failure_as_it_was()
    {
        string? message = null;
        Workflow<Purchase, Card> flow = Workflow<Purchase, Card>.Named("purchases").StartsAt(Pay)
            .Node(Pay, n => n.Run(Declined).FailsTo(Pack).Retry(0, Backoff.None).Finishes())
            .Node(Pack, n => n
                .Run(e =>
                {
                    message = e.Failure!.Message;
                    return Route.Finish(e.Data.Buyer.Card);
                })
                .Finishes())
            .Encrypts<Card>(c => c.Number);
        await using TestSite site = Site(flow, null, OldKey);

        await site.Client.SubmitAsync(flow, "1", Bought);
        await site.RunUntilQuietAsync();

        Assert.Equal($"{Number} was declined", message);
    }

    [Fact]
    public async Task An_edit_works_on_what_is_decrypted_and_its_secrets_are_encrypted()
    {
        Workflow<Purchase, Card> flow = Flow(Declined);
        await using TestSite site = Site(flow, null, OldKey);
        ElementId id = (await site.Client.SubmitAsync(flow, "1", Bought)).Id;
        await site.RunUntilQuietAsync();
        isMended = true;

        site.Time.Advance(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.EditAndRetryAsync(
            SidelinedFilter.All, """{"buyer":{"card":{"number":"5555-6666"}}}""", Sample.Clerk);
        string stored = await site.StoredAsync(id);
        await site.RunUntilQuietAsync();

        Assert.DoesNotContain("5555-6666", stored);
        Assert.Equal(new Card("5555-6666", "ann"), (await site.Client.StatusAsync(flow, "1"))!.Result);
    }

    [Fact]
    public async Task Without_the_key_an_edit_is_refused_and_nothing_is_lost()
    {
        await using TestSite site = Site(Flow(Declined), null, OldKey);
        ElementId id = (await site.Client.SubmitAsync(Flow(Declined), "1", Bought)).Id;
        await site.RunUntilQuietAsync();
        string before = await site.StoredAsync(id);

        await using TestSite without = Site(Flow(Declined), site.Store, NewKey);
        without.Time.Advance(TimeSpan.FromSeconds(1));
        RouteException refused = await Assert.ThrowsAsync<RouteException>(() =>
            without.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, """{"note":1}""", Sample.Clerk));

        Assert.Equal("waybill.key-missing", refused.Code);
        Assert.Equal(before, await site.StoredAsync(id));
    }

    [Fact]
    public async Task A_change_is_encrypted_in_the_ledger_and_its_difference_names_only_what_changed()
    {
        Workflow<Purchase, Card> flow = Flow(e => isMended ? Route.Finish(e.Data.Buyer.Card) : Declined(e));
        await using TestSite site = Site(flow, null, OldKey);
        ElementId id = (await site.Client.SubmitAsync(flow, "1", Bought)).Id;

        ChangeTicket ticket = await site.Client.Changes.RequestAsync(
            ElementRef.Of(id), OtherCard, new Card("5555-6666", "ann"), Sample.Clerk);
        ChangeRecord record = (await site.Client.Changes.FindAsync(ticket.Id))!;
        isMended = true;
        await site.RunUntilQuietAsync();

        Assert.DoesNotContain("5555-6666", System.Text.Encoding.UTF8.GetString(record.Payload.Span));
        string difference = Assert.Single(record.Outcomes).Difference!;
        Assert.DoesNotContain("5555-6666", difference);
        Assert.Equal(
            """{"from":{"buyer":{"card":{"number":"***"}}},"to":{"buyer":{"card":{"number":"***"}}}}""",
            SecretDesk.Masked(difference));
        Assert.Equal("5555-6666", (await site.Client.StatusAsync(flow, "1"))!.Result!.Number);
    }

    private Route Declined(Element<Purchase> element) => isMended
        ? Route.To(Pack, element.Data)
        : throw new InvalidOperationException($"{element.Data.Buyer.Card.Number} was declined");
}
