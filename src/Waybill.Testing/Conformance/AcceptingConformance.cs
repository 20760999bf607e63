using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class AcceptingConformance : StoreConformance
{
    [Fact]
    public async Task An_accepted_element_waits_at_its_first_node()
    {
        NewElement order = New("order-7", data: """{"total":12}""");

        Acceptance accepted = Assert.Single(await AcceptAsync(order));

        Assert.Equal(new Acceptance(order.Id, IsNew: true), accepted);
        ElementDetails found = await FindAsync(order.Id);
        Assert.Equal(
            (order.Id, "order-7", Authorise, ElementState.Ready, 0),
            (found.Summary.Id, found.Summary.BusinessKey, found.Summary.Node, found.Summary.State, found.Summary.Hop));
        Assert.Equal("""{"total":12}""", Text(found.Data));
    }

    [Fact]
    public async Task A_second_submission_of_a_key_gets_the_first_ticket_and_adds_nothing()
    {
        NewElement first = New("order-7", data: """{"copy":1}""");
        NewElement second = New("order-7", data: """{"copy":2}""");
        await AcceptAsync(first);

        Acceptance accepted = Assert.Single(await AcceptAsync(second));

        Assert.Equal(new Acceptance(first.Id, IsNew: false), accepted);
        Assert.False(await IsInFlightAsync(second.Id));
        Assert.Equal("""{"copy":1}""", Text((await FindAsync(first.Id)).Data));
        Assert.Equal(1, await Store.Journal.CountAsync(Cancel));
    }

    [Fact]
    public async Task Of_two_submissions_of_a_key_in_one_call_the_first_counts()
    {
        NewElement first = New("order-7");
        NewElement other = New("order-8");
        NewElement second = New("order-7");

        IReadOnlyList<Acceptance> accepted = await AcceptAsync(first, other, second);

        Assert.Equal([new(first.Id, true), new(other.Id, true), new(first.Id, false)], accepted);
        Assert.Equal(2, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    [Fact]
    public async Task A_submission_that_is_repeated_with_its_id_adds_nothing()
    {
        NewElement order = New("order-7");

        IReadOnlyList<Acceptance> together = await AcceptAsync(order, order);
        Acceptance later = Assert.Single(await AcceptAsync(order));

        Assert.Equal([new(order.Id, true), new(order.Id, false)], together);
        Assert.Equal(new Acceptance(order.Id, IsNew: false), later);
        Assert.Equal(1, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    [Fact]
    public async Task A_key_belongs_to_all_versions_of_a_workflow()
    {
        NewElement first = New("order-7", at: new NodeAddress("orders", 1, "authorise"));
        NewElement second = New("order-7", at: new NodeAddress("orders", 2, "check"));

        IReadOnlyList<Acceptance> accepted = await AcceptAsync(first, second);

        Assert.Equal([new(first.Id, true), new(first.Id, false)], accepted);
    }

    [Fact]
    public async Task Two_workflows_can_use_the_same_key()
    {
        NewElement order = New("2026-7");
        NewElement payment = New("2026-7", at: Charge);

        IReadOnlyList<Acceptance> accepted = await AcceptAsync(order, payment);

        Assert.All(accepted, acceptance => Assert.True(acceptance.IsNew));
    }

    [Fact]
    public async Task A_key_stays_taken_after_its_element_ended()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement ended = await StartOneAsync(worker, New("order-7"));
        await ApplyAsync(worker, ended.Finish());

        Acceptance again = Assert.Single(await AcceptAsync(New("order-7")));

        Assert.Equal(new Acceptance(ended.Id, IsNew: false), again);
    }

    [Fact]
    public async Task Keys_are_compared_character_by_character()
    {
        string[] keys =
            ["straße", "strasse", "STRASSE", "e\u0301", "\u00e9", "a b", "a  b", "'; --", "100%", "書籍📚"];

        IReadOnlyList<Acceptance> accepted = await AcceptAsync([.. keys.Select(key => New(key))]);

        Assert.All(accepted, acceptance => Assert.True(acceptance.IsNew));
        foreach ((int index, string key) in keys.Index())
        {
            ElementDetails? found = await Store.Directory.FindAsync(ElementRef.Of("orders", key), Cancel);
            Assert.Equal((accepted[index].Id, key), (found!.Summary.Id, found.Summary.BusinessKey));
        }
    }

    [Fact]
    public async Task Data_comes_back_byte_for_byte()
    {
        WorkerEpoch worker = await RegisterAsync();
        string pages = new('x', 300_000);
        string data = $$"""{ "zero":1.0, "text":"naïve \u0000 \"书\" 📚", "long":"{{pages}}" }""";

        ClaimedElement claimed = await StartOneAsync(worker, New(data: data));

        Assert.Equal(data, Text(claimed.Data));
    }

    [Fact]
    public async Task Hundreds_are_accepted_in_one_call_in_their_order()
    {
        NewElement[] orders = [.. Enumerable.Range(0, 700).Select(_ => New())];

        IReadOnlyList<Acceptance> accepted = await AcceptAsync(orders);

        Assert.Equal(orders.Select(order => new Acceptance(order.Id, true)), accepted);
        Assert.Equal(700, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    [Fact]
    public async Task Accepting_nothing_does_nothing()
    {
        Assert.Empty(await AcceptAsync());

        Assert.Equal(0, await Store.Journal.CountAsync(Cancel));
    }

    [Fact]
    public async Task Acceptance_is_announced_once_for_each_node()
    {
        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            () => AcceptAsync(New(), New(), New(at: Charge)));

        Assert.Single(arrivals, Authorise);
        Assert.Single(arrivals, Charge);
    }

    [Fact]
    public async Task A_key_is_accepted_once_when_two_submit_it_at_the_same_time()
    {
        NewElement[] copies = [.. Enumerable.Range(0, 20).Select(_ => New("order-7"))];

        IReadOnlyList<Acceptance>[] accepted = await Task.WhenAll(copies.Select(copy => AcceptAsync(copy)));

        Assert.Single(accepted.SelectMany(acceptances => acceptances), acceptance => acceptance.IsNew);
        Assert.Single(accepted.SelectMany(acceptances => acceptances).Select(acceptance => acceptance.Id).Distinct());
    }
}
