using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Asynchronous;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Services.Tests.Asynchronous;

/// <summary>Calls of asynchronous operations whose answers are lost on the way.</summary>
public sealed class KeyedCallTests : IAsyncDisposable
{
    private readonly EagerTime time = new(TimeSpan.FromSeconds(1));
    private readonly LossyNetwork network = new();
    private readonly Press press = new();
    private readonly Notes notes = new();
    private readonly MemoryStore store = new(new FakeTime());
    private TicketHost? started;

    public async ValueTask DisposeAsync()
    {
        if (started is not null)
            await started.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_call_whose_answer_was_lost_starts_one_work_and_gets_its_ticket()
    {
        IPrinting printing = await StartAsync();
        network.LoseAfter = answered => answered;

        Ticket<Printed> ticket = await printing.PrintAsync(2);

        Assert.Equal(2, network.Keys.Count);
        Assert.Single(network.Keys.Distinct());
        Assert.Equal((ticket.Id, 1), (Assert.Single(press.Started), press.Runs));
    }

    [Fact]
    public async Task A_call_whose_connection_broke_while_it_was_carried_out_goes_on_and_is_told_when_asked_again()
    {
        IPrinting printing = await StartAsync();
        press.Hold();
        network.LoseAfter = _ => press.Entered;
        network.Refused = async () =>
        {
            press.Release();
            await notes.Ended;
        };

        Ticket<Printed> ticket = await printing.PrintAsync(2);

        Assert.Equal(3, network.Keys.Count);
        Assert.Equal((ticket.Id, 1), (Assert.Single(press.Started), press.Runs));
    }

    [Fact]
    public async Task A_call_that_failed_at_the_service_is_not_carried_out_again()
    {
        IPrinting printing = await StartAsync();
        press.Fault = new InvalidOperationException("out of paper");

        ServiceCallException error = await Assert.ThrowsAsync<ServiceCallException>(() => printing.PrintAsync(2));

        Assert.Equal((CallFailure.Failed, 1, 1), (error.Failure, network.Keys.Count, press.Runs));
    }

    [Fact]
    public async Task Each_call_is_one_of_its_own()
    {
        IPrinting printing = await StartAsync();

        await printing.PrintAsync(2);
        await printing.PrintAsync(2);

        Assert.Equal(2, press.Started.Distinct().Count());
        Assert.Equal(2, network.Keys.Distinct().Count());
    }

    [Fact]
    public async Task What_is_idempotent_or_answered_at_once_costs_no_key()
    {
        IPrinting printing = await StartAsync();

        await printing.ReprintAsync("A-1");
        await printing.PagesAsync();

        Assert.Equal([null, null], network.Keys);
        Assert.Equal(0, notes.Written);
    }

    [Fact]
    public async Task A_call_in_the_process_costs_no_key()
    {
        await StartAsync();

        await started!.Services.GetRequiredService<IPrinting>().PrintAsync(2);

        Assert.Empty(network.Keys);
        Assert.Equal(0, notes.Written);
    }

    private async Task<IPrinting> StartAsync()
    {
        started = await TicketHost.StartAsync(
            app => app.MapService<IPrinting, Printing>(),
            new FaultyStore(store, notes),
            add: services => services.AddSingleton(press).AddServiceClient<IPrinting>());
        network.InnerHandler = started.Handler;
        IServiceProvider away = started.Elsewhere(new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddServiceClient<IPrinting>().AddServiceCalls(options =>
            {
                options.Endpoints["printing"] = ["http://press"];
                options.Handler = network;
            }));
        return away.GetRequiredService<IPrinting>();
    }

    [Service("printing")]
    internal interface IPrinting
    {
        Task<Ticket<Printed>> PrintAsync(int pages, CancellationToken cancel = default);

        [Operation(Idempotent = true)]
        Task<Ticket<Printed>> ReprintAsync(string key);

        Task<int> PagesAsync();
    }

    internal sealed record Printed(string Number);

    /// <summary>What was begun, and what was started by it.</summary>
    internal sealed class Press
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? held;

        public List<ElementId> Started { get; } = [];

        public int Runs { get; private set; }

        public Exception? Fault { get; set; }

        public Task Entered => entered.Task;

        public void Hold() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => held?.TrySetResult();

        public async Task BeginAsync(CancellationToken cancel)
        {
            Runs++;
            entered.TrySetResult();
            if (held is not null && Runs == 1)
                await held.Task.WaitAsync(cancel);
            if (Fault is not null)
                throw Fault;
        }
    }

    [Starts("orders")]
    private sealed class Printing(Press press, SiteClient site) : IPrinting
    {
        public async Task<Ticket<Printed>> PrintAsync(int pages, CancellationToken cancel = default)
        {
            await press.BeginAsync(cancel);
            // A key of its own each time: a second run would start another work.
            return await SubmitAsync($"print-{press.Runs}-{press.Started.Count}", pages);
        }

        public Task<Ticket<Printed>> ReprintAsync(string key) => SubmitAsync(key, 2);

        public Task<int> PagesAsync() => Task.FromResult(2);

        private async Task<Ticket<Printed>> SubmitAsync(string key, int pages)
        {
            Ticket<Parcel> ticket = await site.SubmitAsync(TicketHost.Orders, key, new Order(pages));
            press.Started.Add(ticket.Id);
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }

    /// <summary>Loses the answer of the first request, when told to.</summary>
    private sealed class LossyNetwork : DelegatingHandler
    {
        public List<string?> Keys { get; } = [];

        /// <summary>When to break the first connection off, which brings this answer; null to keep it.</summary>
        public Func<Task<HttpResponseMessage>, Task>? LoseAfter { get; set; }

        /// <summary>What happens before a caller hears that its call is being carried out.</summary>
        public Func<Task>? Refused { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.TryGetValues("Idempotency-Key", out var key) ? key.Single() : null);
            if (Keys.Count == 1 && LoseAfter is { } loseAfter)
            {
                using CancellationTokenSource connection = new();
                await loseAfter(base.SendAsync(request, connection.Token));
                await connection.CancelAsync();
                throw new HttpRequestException("the connection broke off");
            }

            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode == System.Net.HttpStatusCode.Conflict && Refused is { } refused)
                await refused();
            return answer;
        }
    }

    /// <summary>Counts the notes that are written with keys.</summary>
    private sealed class Notes : IStoreFaults
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Written { get; private set; }

        /// <summary>Completes with the note of what was answered.</summary>
        public Task Ended => ended.Task;

        public async Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            T result = await apply();
            if (call == "Records.Write" && ++Written == 2)
                ended.SetResult();
            return result;
        }

        public void Hint(Action arrived) => arrived();
    }
}
