using System.Text;
using Waybill.Testing;
using Waybill.Testing.Conformance;
using Waybill.Testing.Memory;

namespace Waybill.Stores.Tests.Flight;

public sealed class MemoryChangesInFlight : ChangesInFlight
{
    protected override Task<StoreFixture> CreateAsync() => Task.FromResult<StoreFixture>(new MemoryFixture());
}

public sealed class SqliteChangesInFlight : ChangesInFlight
{
    protected override Task<StoreFixture> CreateAsync() => SqliteFixture.CreateAsync();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresChangesInFlight(SharedPostgres shared) : ChangesInFlight
{
    protected override Task<StoreFixture> CreateAsync() => PostgresFixture.CreateAsync(shared);
}

/// <summary>Engine and store together: parcels of an order are held, go in waves, and are sent elsewhere.</summary>
public abstract class ChangesInFlight : StoreConformance
{
    private static readonly Actor Clerk = new("clerk", "a test");
    private static readonly Change<string> AddressChange = new("address-change");

    private readonly TaskCompletionSource packed = new();
    private readonly TaskCompletionSource loaded = new();
    private readonly ParcelFlow flow;
    private bool isPackedAtOnce = true;

    protected ChangesInFlight() => flow = new ParcelFlow(
        AddressChange, () => isPackedAtOnce ? Task.CompletedTask : packed.Task, () => loaded.Task);

    [Fact]
    public async Task A_change_of_an_order_reaches_what_is_held_of_it_and_moves_it_to_its_new_group()
    {
        await using TestSite site = NewSite();
        ElementId order = await OrderAsync(site, "Rome", "Rome");

        ChangeTicket ticket = await ChangeAsync(site, order);
        HeldPage held = await flow.Held(site).ListAsync(HeldFilter.All);
        await flow.Held(site).ReleaseAsync(HeldFilter.All, Clerk);
        await FinishAsync(site);

        Assert.Equal(["Oslo", "Oslo"], held.Items.Select(parcel => parcel.Group));
        Assert.Equal([ChangeOutcome.Applied, ChangeOutcome.Applied], await OutcomesAsync(site, ticket));
        Assert.Equal("Oslo Oslo", await ResultAsync(site));
        Assert.Equal(
            """{"from":{"city":"Rome"},"to":{"city":"Oslo"}}""",
            (await RecordAsync(site, ticket)).Outcomes[0].Difference);
    }

    [Fact]
    public async Task What_is_run_changes_at_its_next_hop_and_is_held_in_its_new_group()
    {
        isPackedAtOnce = false;
        await using TestSite site = NewSite();
        ElementId order = await OrderAsync(site, "Rome");

        ChangeTicket ticket = await ChangeAsync(site, order);
        ChangeOutcome[] before = await OutcomesAsync(site, ticket);
        packed.SetResult();
        await site.RunUntilQuietAsync();

        Assert.Equal([ChangeOutcome.Pending], before);
        Assert.Equal([ChangeOutcome.Applied], await OutcomesAsync(site, ticket));
        Assert.Equal("Oslo", Assert.Single((await flow.Held(site).ListAsync(HeldFilter.All)).Items).Group);
    }

    [Fact]
    public async Task Parts_have_outcomes_of_their_own_when_one_has_left_with_a_wave()
    {
        await using TestSite site = NewSite();
        ElementId order = await OrderAsync(site, "Rome", "Bern");
        await flow.Held(site).ReleaseAsync(new HeldFilter { Group = "Bern" }, Clerk);
        await site.RunUntilQuietAsync();

        ChangeTicket ticket = await ChangeAsync(site, order);
        await flow.Held(site).ReleaseAsync(HeldFilter.All, Clerk);
        await FinishAsync(site);

        Assert.Equal(
            [ChangeOutcome.Applied, ChangeOutcome.TooLate], (await OutcomesAsync(site, ticket)).Order());
        Assert.Equal("Oslo Bern", await ResultAsync(site));
    }

    [Fact]
    public async Task What_was_withdrawn_never_applies()
    {
        isPackedAtOnce = false;
        await using TestSite site = NewSite();
        ElementId order = await OrderAsync(site, "Rome");

        ChangeTicket ticket = await ChangeAsync(site, order);
        await site.Client.Changes.WithdrawAsync(ticket.Id);
        packed.SetResult();
        await site.RunUntilQuietAsync();

        Assert.Equal([ChangeOutcome.CouldNotReach], await OutcomesAsync(site, ticket));
        Assert.Equal("Rome", Assert.Single((await flow.Held(site).ListAsync(HeldFilter.All)).Items).Group);
    }

    [Fact]
    public async Task A_cancelled_member_leaves_its_wave_and_a_change_that_finds_it_gone_is_too_late()
    {
        await using TestSite site = NewSite();
        await OrderAsync(site, "Rome", "Rome");
        HeldPage held = await flow.Held(site).ListAsync(HeldFilter.All);
        await flow.Held(site).ReleaseAsync(HeldFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        ElementId gone = held.Items[0].Id;
        await site.Client.CancelAsync(ElementRef.Of(gone), Clerk);
        await site.RunUntilQuietAsync();
        ChangeReceiptStatus late = (await ChangeAsync(site, gone)).Status;
        await FinishAsync(site);

        Assert.Equal(ChangeReceiptStatus.NotFound, late);
        Assert.Equal("Cancelled Rome", await ResultAsync(site));
    }

    [Fact]
    public async Task The_ledger_outlives_the_order()
    {
        await using TestSite site = NewSite();
        ElementId order = await OrderAsync(site, "Rome");
        await ChangeAsync(site, order);
        await flow.Held(site).ReleaseAsync(HeldFilter.All, Clerk);
        await FinishAsync(site);
        await ChangeAsync(site, order);

        Page<ChangeRecord> ledger = await site.Client.Changes.ListAsync(
            new ChangeFilter { Target = ElementRef.Of("orders", "order-1") });

        Assert.Equal(
            [ChangeOutcome.Applied, ChangeOutcome.TooLate],
            ledger.Items.Select(record => Assert.Single(record.Outcomes).Outcome));
        Assert.All(ledger.Items, record => Assert.Equal("\"Oslo\"", Encoding.UTF8.GetString(record.Payload.Span)));
        Assert.All(ledger.Items, record => Assert.Equal(Clerk, record.Actor));
    }

    private TestSite NewSite() => new(new TestSiteSetup { Workflows = flow.All, Store = Store });

    private async Task<ElementId> OrderAsync(TestSite site, params string[] cities)
    {
        ElementId order = (await site.Client.SubmitAsync(flow.Orders, "order-1", new ParcelFlow.Order(cities))).Id;
        await site.RunUntilQuietAsync();
        return order;
    }

    private static Task<ChangeTicket> ChangeAsync(TestSite site, ElementId element) =>
        site.Client.Changes.RequestAsync(ElementRef.Of(element), AddressChange, "Oslo", Clerk);

    private async Task FinishAsync(TestSite site)
    {
        loaded.SetResult();
        await site.RunUntilQuietAsync();
    }

    private async Task<string?> ResultAsync(TestSite site) =>
        (await site.Client.StatusAsync(flow.Orders, "order-1"))!.Result;

    private static async Task<ChangeRecord> RecordAsync(TestSite site, ChangeTicket ticket) =>
        (await site.Client.Changes.FindAsync(ticket.Id))!;

    private static async Task<ChangeOutcome[]> OutcomesAsync(TestSite site, ChangeTicket ticket) =>
        [.. (await RecordAsync(site, ticket)).Outcomes.Select(outcome => outcome.Outcome)];
}
