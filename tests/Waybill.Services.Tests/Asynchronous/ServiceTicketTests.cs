using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Stores;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class ServiceTicketTests : IAsyncDisposable
{
    private readonly EagerTime time = new(TimeSpan.FromSeconds(1));
    private readonly FlakyNetwork network = new();
    private TicketHost? started;

    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? default;

    private TicketHost Host => started!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_result_of_a_ticket_is_waited_for_in_one_line(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 2);

        Task<Sent> waiting = await Host.HoldAsync(() => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1)));
        await Host.Site.RunUntilQuietAsync();

        Assert.Equal(new Sent("P2"), await waiting);
        TicketStatus<Sent> status = await TicketsOf(caller).ReadAsync(ticket);
        Assert.Equal((Ending.Finished, new Sent("P2"), null), (status.Ending, status.Result, status.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_ends_without_a_result_is_a_typed_exception(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 0);
        await Host.Site.RunUntilQuietAsync();

        TicketException ended = await Assert.ThrowsAsync<TicketException>(
            () => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1)));

        Assert.Equal(
            (ticket.Id, Ending.Failed, "nothing was ordered", "urn:waybill:problem:work-failed"),
            (ended.Ticket, ended.Ending, ended.Reason, ended.ProblemType));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ticket_is_cancelled_once(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 2);

        bool wasInTime = await TicketsOf(caller).CancelAsync(ticket, "changed my mind");
        await Host.Site.RunUntilQuietAsync();
        bool again = await TicketsOf(caller).CancelAsync(ticket);

        Assert.Equal((true, false), (wasInTime, again));
        TicketException ended = await Assert.ThrowsAsync<TicketException>(
            () => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1)));
        Assert.Equal(Ending.Cancelled, ended.Ending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ticket_that_was_forgotten_is_not_found(bool isRemote)
    {
        IServiceProvider caller = await StartAsync(isRemote);
        Ticket<Sent> none = new(new ElementId(Guid.CreateVersion7()), "orders", "A-1", true);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => TicketsOf(caller).ReadAsync(none));
        await Assert.ThrowsAsync<KeyNotFoundException>(
            () => TicketsOf(caller).ResultAsync(none, TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => TicketsOf(caller).CancelAsync(none));
    }

    [Fact]
    public async Task A_wait_ends_at_its_limit()
    {
        IServiceProvider caller = await StartAsync(isRemote: true);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 2);

        Task<Sent> waiting = await Host.HoldAsync(() => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromMinutes(1)));
        time.Advance(TimeSpan.FromMinutes(2));

        ServiceCallException late = await Assert.ThrowsAsync<ServiceCallException>(() => waiting);
        Assert.Equal(CallFailure.DeadlinePassed, late.Failure);
    }

    [Fact]
    public async Task A_wait_is_cancelled_and_the_work_goes_on()
    {
        IServiceProvider caller = await StartAsync(isRemote: true);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 2);
        using CancellationTokenSource enough = new();

        Task<Sent> waiting = await Host.HoldAsync(
            () => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1), enough.Token));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Host.Site.RunUntilQuietAsync();

        Assert.Equal(Ending.Finished, (await TicketsOf(caller).ReadAsync(ticket)).Ending);
    }

    [Fact]
    public async Task A_wait_outlives_a_service_that_is_away_for_a_while()
    {
        IServiceProvider caller = await StartAsync(isRemote: true);
        Ticket<Sent> ticket = await caller.GetRequiredService<ISending>().SendAsync("A-1", 2);
        await Host.Site.RunUntilQuietAsync();
        network.FailNext(7);

        Sent sent = await TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1));

        Assert.Equal("P2", sent.Number);
        Assert.Equal(0, network.FailuresLeft);
    }

    [Fact]
    public async Task Those_who_wait_take_no_room_from_those_who_call_and_break_no_promise()
    {
        IServiceProvider caller = await StartAsync(isRemote: true);
        ISending sending = caller.GetRequiredService<ISending>();
        Ticket<Sent> ticket = await sending.SendAsync("A-1", 2);

        Task<Sent> waiting = await Host.HoldAsync(() => TicketsOf(caller).ResultAsync(ticket, TimeSpan.FromHours(1)));
        await sending.SendAsync("A-2", 2);
        await Host.Site.RunUntilQuietAsync();
        await waiting;

        IReadOnlyList<ServiceLevel> levels = await caller.GetRequiredService<ServiceReports>().LevelsAsync();
        Assert.Equal(["send"], levels.Select(level => level.Operation));
    }

    [Fact]
    public void A_contract_without_asynchronous_operations_has_no_tickets()
    {
        using ServiceProvider caller = new ServiceCollection().AddServiceClient<IShelf>().BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => caller.GetRequiredService<ServiceTickets<IShelf>>());
    }

    private async Task<IServiceProvider> StartAsync(bool isRemote)
    {
        started = await TicketHost.StartAsync(
            app => app.MapService<ISending, Sending>(room => (room.ConcurrencyMax, room.QueueMax) = (1, 0)),
            add: services => services.AddServiceClient<ISending>());
        if (!isRemote)
            return Host.Services;
        network.InnerHandler = Host.Handler;
        return Host.Elsewhere(new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddServiceClient<ISending>().AddServiceCalls(options =>
            {
                options.Endpoints["sending"] = ["http://orders"];
                options.Handler = network;
            }));
    }

    private static ServiceTickets<ISending> TicketsOf(IServiceProvider caller) =>
        caller.GetRequiredService<ServiceTickets<ISending>>();

    [Service("sending")]
    internal interface ISending
    {
        [Operation(Idempotent = true)]
        Task<Ticket<Sent>> SendAsync(string key, int books);
    }

    internal sealed record Sent(string Number);

    [Starts("orders")]
    private sealed class Sending(SiteClient site) : ISending
    {
        public async Task<Ticket<Sent>> SendAsync(string key, int books)
        {
            Ticket<Parcel> ticket = await site.SubmitAsync(TicketHost.Orders, key, new Order(books));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }

    /// <summary>Loses so many requests.</summary>
    private sealed class FlakyNetwork : DelegatingHandler
    {
        private int failures;

        public int FailuresLeft => Math.Max(0, failures);

        public void FailNext(int count) => failures = count;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref failures) >= 0
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway))
                : base.SendAsync(request, cancellationToken);
    }
}
