using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Stores;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class TicketScopeTests : IAsyncDisposable
{
    private static readonly Node<Order> Check = new("check");

    private static readonly Workflow<Order, Parcel> Returns = Workflow<Order, Parcel>.Named("returns").StartsAt(Check)
        .Node(Check, n => n.Run(e => Route.Finish(new Parcel("R1"))).Finishes());

    private static readonly Workflow<Order, Parcel> Letters = Workflow<Order, Parcel>.Named("letters").StartsAt(Check)
        .Node(Check, n => n.Run(e => Route.Finish(new Parcel("L1"))).Finishes());

    private TicketHost? started;

    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? default;

    private TicketHost Host => started!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tickets_of_a_sibling_service_and_of_any_other_workflow_are_not_found(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        ServiceTickets<ISending> tickets = caller.GetRequiredService<ServiceTickets<ISending>>();

        foreach (Ticket<Sent> foreign in await ForeignAsync(caller))
        {
            await Assert.ThrowsAsync<KeyNotFoundException>(() => tickets.ReadAsync(foreign));
            await Assert.ThrowsAsync<KeyNotFoundException>(
                () => tickets.ResultAsync(foreign, TimeSpan.FromHours(1)));
            await Assert.ThrowsAsync<KeyNotFoundException>(() => tickets.CancelAsync(foreign, "not mine"));
            await Host.Site.RunUntilQuietAsync();
            Assert.Equal(Ending.Finished, (await RecordOf(foreign))!.Ending);
            // Nor when they have ended.
            await Assert.ThrowsAsync<KeyNotFoundException>(() => tickets.ReadAsync(foreign));
            await Assert.ThrowsAsync<KeyNotFoundException>(() => tickets.CancelAsync(foreign));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_service_finds_its_own(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        Ticket<Sent> sent = await caller.GetRequiredService<ISending>().SendAsync(2, "orders");
        Ticket<Sent> returned = await caller.GetRequiredService<IReturning>().ReturnAsync(2);
        await Host.Site.RunUntilQuietAsync();

        Sent parcel = await caller.GetRequiredService<ServiceTickets<ISending>>()
            .ResultAsync(sent, TimeSpan.FromHours(1));
        Sent books = await caller.GetRequiredService<ServiceTickets<IReturning>>()
            .ResultAsync(returned, TimeSpan.FromHours(1));

        Assert.Equal((new Sent("P2"), new Sent("R1")), (parcel, books));
    }

    [Fact]
    public async Task A_foreign_ticket_is_answered_as_one_that_does_not_exist_and_at_once()
    {
        IServiceProvider caller = await StartAsync(isRemote: true);
        Guid[] none = [Guid.CreateVersion7(), .. (await ForeignAsync(caller)).Select(ticket => ticket.Id.Value)];

        foreach (Guid ticket in none)
        {
            foreach (string question in new[]
            {
                $$"""read {"ticket":"{{ticket}}","waitMs":0}""",
                $$"""read {"ticket":"{{ticket}}","waitMs":40000}""",
                $$"""cancel {"ticket":"{{ticket}}","reason":null}""",
            })
            {
                string[] parts = question.Split(' ', 2);
                HttpResponseMessage answer = await Host.SendAsync(
                    HttpMethod.Post, $"/services/sending/v1/ticket_{parts[0]}", parts[1]);

                Assert.Equal("null", await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_with_a_ticket_that_nobody_could_follow_is_a_fault_of_the_service(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);

        ServiceCallException error = await Assert.ThrowsAsync<ServiceCallException>(
            () => caller.GetRequiredService<ISending>().SendAsync(2, "letters"));

        Assert.Equal(CallFailure.Failed, error.Failure);
        if (!isRemote)
            Assert.Contains("put [Starts(\"letters\")] on Sending", error.Message);
    }

    [Fact]
    public async Task An_implementation_that_does_not_say_what_it_starts_is_not_served()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TicketHost.StartAsync(app => app.MapService<IReturning, Forgetful>()));

        Assert.Contains("returning:1/return", error.Message);
        Assert.Contains("on Forgetful", error.Message);
    }

    // Of the sibling service, and of a workflow that no service starts; both as if they were of this one.
    private async Task<Ticket<Sent>[]> ForeignAsync(IServiceProvider caller)
    {
        Ticket<Sent> sibling = await caller.GetRequiredService<IReturning>().ReturnAsync(2);
        Ticket<Parcel> letter = await Host.Site.Client.SubmitAsync(Letters, "l-1", new Order(2));
        return [.. new[] { sibling.Id, letter.Id }.Select(id => new Ticket<Sent>(id, "orders", "A-1", true))];
    }

    private Task<TicketRecord?> RecordOf(Ticket<Sent> ticket) =>
        Host.Site.Store.Tickets.FindAsync(ElementRef.Of(ticket.Id), default);

    private async Task<IServiceProvider> StartAsync(bool isRemote)
    {
        started = await TicketHost.StartAsync(
            app =>
            {
                app.MapService<ISending, Sending>();
                app.MapService<IReturning, Returning>();
            },
            add: services => services.AddServiceClient<ISending>().AddServiceClient<IReturning>(),
            workflows: [Returns, Letters]);
        if (!isRemote)
            return Host.Services;
        return Host.Elsewhere(new ServiceCollection()
            .AddServiceClient<ISending>().AddServiceClient<IReturning>().AddServiceCalls(options =>
            {
                options.Endpoints["sending"] = ["http://shop"];
                options.Endpoints["returning"] = ["http://shop"];
                options.Handler = Host.Handler;
            }));
    }

    [Service("sending")]
    internal interface ISending
    {
        Task<Ticket<Sent>> SendAsync(int books, string workflow);
    }

    [Service("returning")]
    internal interface IReturning
    {
        Task<Ticket<Sent>> ReturnAsync(int books);
    }

    internal sealed record Sent(string Number);

    [Starts("orders")]
    private sealed class Sending(SiteClient site) : ISending
    {
        public async Task<Ticket<Sent>> SendAsync(int books, string workflow)
        {
            Ticket<Parcel> ticket = await site.SubmitAsync(
                workflow == "orders" ? TicketHost.Orders : Letters, "s-1", new Order(books));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }

    [Starts("returns")]
    private sealed class Returning(SiteClient site) : IReturning
    {
        public async Task<Ticket<Sent>> ReturnAsync(int books)
        {
            Ticket<Parcel> ticket = await site.SubmitAsync(Returns, "r-1", new Order(books));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }

    private sealed class Forgetful : IReturning
    {
        public Task<Ticket<Sent>> ReturnAsync(int books) => throw new NotSupportedException();
    }
}
