using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public sealed record Letter(string Customer, string Street, int Pages);

/// <summary>What workflows declare reaches the tracking store by way of the journal.</summary>
public sealed class DeclarationTests : TrackingTestBase
{
    private static readonly Node<Letter> Write = new("write");
    private static readonly Node<Letter> Check = new("check");
    private static readonly Node<Letter> Send = new("send");

    private readonly Workflow<Letter, int> letters = Workflow<Letter, int>.Named("letters")
        .StartsAt(Write)
        .SearchableBy<Letter>(by => by
            .Attribute("customer", letter => letter.Customer)
            .Attribute("pages", letter => letter.Pages)
            .Personal("street", letter => letter.Street)
            .Subject(letter => letter.Customer))
        .Node(Write, node => node.GoesTo(Check).Run(element =>
            Route.To(Check, element.Data with { Pages = 7 }).Noting("written", new { By = "eve" })))
        .Node(Check, node => node.Untracked().GoesTo(Send).Run(element => Route.To(Send, element.Data)))
        .Node(Send, node => node.GoesTo(Send).Finishes().Run(element => element.Hop > 2
            ? Route.Finish(1)
            : Route.Wait(Send, element.Data, TimeSpan.FromHours(1)).Noting("posted")));

    [Fact]
    public async Task Attributes_milestones_and_personal_data_are_told()
    {
        await using TestSite site = new(letters);
        ElementId id = (await site.Client.SubmitAsync(letters, "letter-1", new Letter("ann", "Storgatan", 1))).Id;
        await site.RunUntilQuietAsync();

        await FeedOf(site).PumpAllAsync();

        Tracker tracker = new(Store, site.Time);
        TrackedElement found = Assert.Single((await tracker.ListAsync(new TrackedFilter
        {
            Attributes = new Dictionary<string, string> { ["customer"] = "ann", ["pages"] = "7" },
        })).Items);
        Assert.Equal((id, """{"street":"Storgatan"}""", "send"), (found.Id, found.Personal, found.Node.Node));
        FamilyMember member = (await tracker.FamilyAsync(id))!.Root;
        Assert.Equal(
            ["""{"text":"written","data":{"by":"eve"}}""", """{"text":"posted"}"""],
            member.Steps.Select(step => step.Milestone).OfType<string>());
        Assert.Equal(JournalKind.Waits, member.Steps[^1].Kind);
        Assert.DoesNotContain(member.Times, time => time.Node.Node == "check" && time.Runs > 1);
    }

    [Fact]
    public async Task Attributes_are_told_again_when_the_data_changed_or_may_have_changed_in_the_store()
    {
        await using TestSite site = new(letters);
        await site.Client.SubmitAsync(letters, "letter-1", new Letter("ann", "Storgatan", 7));
        await site.RunUntilQuietAsync();

        IReadOnlyList<JournalEntry> rows = await site.Store.Journal.ReadAsync(default, 100, Cancel);

        Assert.Equal(
            [true, true, false, false],
            rows.Select(row => row.Facts?.Contains("attributes", StringComparison.Ordinal) ?? false));
        Assert.Contains("\"untracked\":true", rows[1].Facts);
        Assert.Null(rows[2].Facts);
    }

    [Fact]
    public async Task An_element_is_found_by_its_new_attributes_as_soon_as_it_was_changed_where_it_waits()
    {
        Change<string> rename = new("rename");
        Workflow<Letter, int> waiting = letters
            .Changes(rename, c => c.AcceptedAt([Send], (letter, name) => Changed.To(letter with { Customer = name })));
        await using TestSite site = new(waiting);
        ElementId id = (await site.Client.SubmitAsync(waiting, "letter-1", new Letter("ann", "Storgatan", 1))).Id;
        await site.RunUntilQuietAsync();
        await site.Client.Changes.RequestAsync(ElementRef.Of(id), rename, "bea", new Actor("clerk"));

        await FeedOf(site).PumpAllAsync();

        Assert.Equal((0, 1), (await CountAsync(site, "ann"), await CountAsync(site, "bea")));
    }

    [Fact]
    public async Task An_element_is_found_by_its_new_attributes_as_soon_as_a_person_edited_it()
    {
        Workflow<Letter, int> failing = Workflow<Letter, int>.Named("failing")
            .StartsAt(Send)
            .SearchableBy<Letter>(by => by.Attribute("customer", letter => letter.Customer))
            .Node(Send, node => node.Finishes().Retry(0, Backoff.None).Run(_ => throw new IOException("no stamps")));
        await using TestSite site = new(failing);
        await site.Client.SubmitAsync(failing, "letter-1", new Letter("ann", "Storgatan", 1));
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.EditAndRetryAsync(
            SidelinedFilter.All, """{"customer":"bea"}""", new Actor("clerk"));

        await FeedOf(site).PumpAllAsync();

        Assert.Equal((0, 1), (await CountAsync(site, "ann"), await CountAsync(site, "bea")));
    }

    [Fact]
    public async Task An_element_is_found_by_its_new_attributes_as_soon_as_it_was_amended_where_it_is_held()
    {
        Node<Letter, int> sent = new("sent");
        Workflow<Letter, int> posts = Workflow<Letter, int>.Named("posts").StartsAt(Write)
            .Node(Write, node => node.Finishes().Run(_ => Route.Finish(1)));
        Workflow<Letter, int> holding = Workflow<Letter, int>.Named("holding").StartsAt(Send)
            .SearchableBy<Letter>(by => by.Attribute("customer", letter => letter.Customer))
            .Holds(Send, h => h
                .GroupBy(letter => letter.Street)
                .ReleasesTo(posts, _ => new Letter("", "", 0), sent))
            .Node(sent, node => node.Finishes().Run((_, _) => Route.Finish(1)));
        await using TestSite site = new(holding, posts);
        ElementId id = (await site.Client.SubmitAsync(holding, "letter-1", new Letter("ann", "Storgatan", 1))).Id;
        await site.RunUntilQuietAsync();
        await site.Client.Held(holding, Send).AmendAsync(id, """{"customer":"bea"}""", new Actor("clerk"));

        await FeedOf(site).PumpAllAsync();

        Assert.Equal((0, 1), (await CountAsync(site, "ann"), await CountAsync(site, "bea")));
        Assert.Equal(TrackedState.Held, (await new Tracker(Store, site.Time).FamilyAsync(id))!.Root.Element.State);
    }

    [Fact]
    public async Task An_attribute_whose_function_throws_does_not_hold_up_the_element()
    {
        Workflow<Letter, int> broken = Workflow<Letter, int>.Named("broken")
            .StartsAt(Send)
            .SearchableBy<Letter>(by => by.Attribute("street", letter => letter.Street.ToUpperInvariant()))
            .Node(Send, node => node.Finishes().Run(_ => Route.Finish(1)));
        await using TestSite site = new(broken);

        Ticket<int> ticket = await site.Client.SubmitAsync(broken, "letter-1", new Letter("ann", null!, 1));
        await site.RunUntilQuietAsync();

        Assert.Equal(Ending.Finished, (await site.Client.StatusAsync(broken, ticket.BusinessKey))!.Ending);
    }

    [Fact]
    public void Two_declarations_for_one_type_are_a_fault()
    {
        Workflow<Letter, int> twice = letters.SearchableBy<Letter>(by => by.Attribute("b", letter => letter.Street));

        DefinitionException error = Assert.Throws<DefinitionException>(() => new TestSite(twice));

        Assert.Contains("says twice", error.Message);
    }

    protected override TrackingFixture Create() => new SqliteTrackingFixture();

    private async Task<long> CountAsync(TestSite site, string customer) =>
        await new Tracker(Store, site.Time).CountAsync(new TrackedFilter
        {
            Attributes = new Dictionary<string, string> { ["customer"] = customer },
        });

    private TrackingFeed FeedOf(TestSite site) => new("site", site.Store, Store, new TrackingOptions(), site.Time);
}
