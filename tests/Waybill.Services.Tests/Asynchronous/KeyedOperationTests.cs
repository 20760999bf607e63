using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Asynchronous;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class KeyedOperationTests : IAsyncDisposable
{
    private readonly FakeTime time = new();
    private readonly MemoryStore store;
    private readonly Till till = new();

    public KeyedOperationTests() => store = new MemoryStore(time);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_repeat_of_an_operation_gets_the_first_ones_answer()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage first = await ChargeAsync(host, "k-1");
        HttpResponseMessage again = await ChargeAsync(host, "k-1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal("1", await first.Content.ReadAsStringAsync());
        Assert.Equal("1", await again.Content.ReadAsStringAsync());
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task Without_a_key_each_call_counts()
    {
        await using TicketHost host = await StartAsync();

        await ChargeAsync(host, null);
        await ChargeAsync(host, null);

        Assert.Equal(2, till.Charged.Distinct().Count());
    }

    [Fact]
    public async Task Another_call_with_the_key_is_refused_and_so_is_a_key_that_is_none()
    {
        await using TicketHost host = await StartAsync();
        await ChargeAsync(host, "k-1");

        HttpResponseMessage other = await ChargeAsync(host, "k-1", cents: 6);
        HttpResponseMessage broken = await ChargeAsync(host, "two words");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("idempotency-key-reused", await other.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Contains("idempotency-key-invalid", await broken.Content.ReadAsStringAsync());
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task While_the_first_is_carried_out_a_repeat_is_told_to_wait_in_any_process()
    {
        await using TicketHost one = await StartAsync();
        await using TicketHost other = await StartAsync();
        till.Hold();
        Task<HttpResponseMessage> first = ChargeAsync(one, "k-1");
        await till.Entered;

        HttpResponseMessage early = await ChargeAsync(other, "k-1");
        till.Release();
        HttpResponseMessage late = await ChargeAsync(other, "k-1", after: first);

        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.NotNull(early.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task What_ends_after_its_deadline_is_kept_for_the_repeat()
    {
        await using TicketHost host = await StartAsync();
        till.Hold();
        Task<HttpResponseMessage> first = ChargeAsync(host, "k-1");
        await till.Entered;
        time.Advance(TimeSpan.FromSeconds(11));
        HttpResponseMessage late = await first;

        HttpResponseMessage meanwhile = await ChargeAsync(host, "k-1");
        till.Release();
        await till.Left;
        HttpResponseMessage again = await UntilAsync(() => ChargeAsync(host, "k-1"), HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.RequestTimeout, late.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, meanwhile.StatusCode);
        Assert.Equal("1", await again.Content.ReadAsStringAsync());
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task A_refused_call_frees_its_key_and_a_failed_one_is_tried_anew_under_the_same_id()
    {
        await using TicketHost host = await StartAsync();
        till.Fault = new RefusedException("too-little", "A charge has at least 1 cent.");
        HttpResponseMessage refused = await ChargeAsync(host, "k-1", cents: 0);
        till.Fault = new InvalidOperationException("the till is stuck");
        HttpResponseMessage failed = await ChargeAsync(host, "k-1");
        till.Fault = null;

        HttpResponseMessage third = await ChargeAsync(host, "k-1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal(2, till.Seen.Distinct().Count());
        Assert.Equal(till.Seen[1], till.Seen[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_process_that_dies_at_any_step_leaves_the_call_to_a_repeat_under_the_same_id(int step)
    {
        DyingFaults faults = new(step);
        await using TicketHost dying = await StartAsync(new FaultyStore(store, faults));
        faults.Arm();
        Task<HttpResponseMessage> lost = ChargeAsync(dying, "k-1");
        await faults.Died;

        await using TicketHost living = await StartAsync();
        time.Advance(TimeSpan.FromSeconds(91));
        HttpResponseMessage late = await ChargeAsync(living, "k-1");

        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Single(till.Charged.Distinct());
    }

    [Fact]
    public async Task A_repeat_of_an_asynchronous_operation_gets_the_first_ones_ticket()
    {
        await using TicketHost host = await StartAsync();

        HttpResponseMessage first = await SendAsync(host, "order", """{"books":2}""", "k-1");
        HttpResponseMessage again = await SendAsync(host, "order", """{"books":2}""", "k-1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, again.StatusCode));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(1, await store.Tickets.CountAsync(TicketFilter.All, default));
    }

    [Fact]
    public async Task A_repeat_of_a_call_whose_answer_was_too_large_to_keep_is_refused_and_does_nothing()
    {
        await using TicketHost host = await StartAsync(keys: options => options.ReplyBytesMax = 100);

        HttpResponseMessage first = await SendAsync(host, "print", """{"letters":99}""", "k-1");
        HttpResponseMessage again = await SendAsync(host, "print", """{"letters":99}""", "k-1");
        time.Advance(TimeSpan.FromSeconds(91));
        HttpResponseMessage late = await SendAsync(host, "print", """{"letters":99}""", "k-1");
        HttpResponseMessage other = await SendAsync(host, "print", """{"letters":98}""", "k-1");

        Assert.Equal(101, (await first.Content.ReadAsByteArrayAsync()).Length);
        foreach (HttpResponseMessage repeat in new[] { again, late })
        {
            Assert.Equal(HttpStatusCode.Conflict, repeat.StatusCode);
            Assert.Contains("idempotency-reply-not-kept", await repeat.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task A_repeat_that_does_no_harm_is_carried_out_again_when_the_answer_was_too_large_to_keep()
    {
        await using TicketHost host = await StartAsync(keys: options => options.ReplyBytesMax = 100);

        HttpResponseMessage first = await SendAsync(host, "copy", """{"letters":99}""", "k-1");
        HttpResponseMessage again = await SendAsync(host, "copy", """{"letters":99}""", "k-1");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_call_whose_answer_just_fits_is_repeated()
    {
        await using TicketHost host = await StartAsync(keys: options => options.ReplyBytesMax = 100);

        HttpResponseMessage first = await SendAsync(host, "print", """{"letters":98}""", "k-1");
        HttpResponseMessage again = await SendAsync(host, "print", """{"letters":98}""", "k-1");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Single(till.Charged);
    }

    [Fact]
    public async Task A_process_without_a_site_takes_no_key_unless_a_repeat_does_no_harm()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        using HttpClient client = host.Http;
        client.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");

        HttpResponseMessage put = await client.PostAsync("/services/shelf/v2/put", Json("""{"books":[]}"""));
        HttpResponseMessage find = await client.PostAsync("/services/shelf/v2/find", Json("""{"isbn":"111"}"""));

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        Assert.Contains("idempotency-key-unsupported", await put.Content.ReadAsStringAsync());
        Assert.Empty(host.Shelf.Puts);
        Assert.Equal(HttpStatusCode.OK, find.StatusCode);
    }

    private Task<TicketHost> StartAsync(ISiteStore? through = null, Action<IdempotencyOptions>? keys = null) =>
        TicketHost.StartAsync(
            app =>
            {
                keys?.Invoke(app.Services.GetRequiredService<IdempotencyOptions>());
                app.MapService<ITill, TillService>();
            },
            through ?? store,
            time,
            services => services.AddSingleton(till));

    private static async Task<HttpResponseMessage> ChargeAsync(
        TicketHost host, string? key, int cents = 5, Task? after = null)
    {
        if (after is not null)
            await after;
        return await SendAsync(host, "charge", $$"""{"cents":{{cents}}}""", key);
    }

    private static Task<HttpResponseMessage> SendAsync(TicketHost host, string operation, string json, string? key) =>
        host.SendAsync(HttpMethod.Post, $"/services/till/v1/{operation}", json, ("Idempotency-Key", key));

    private static async Task<HttpResponseMessage> UntilAsync(
        Func<Task<HttpResponseMessage>> send, HttpStatusCode wanted)
    {
        while (true)
        {
            HttpResponseMessage answer = await send();
            if (answer.StatusCode == wanted)
                return answer;
        }
    }

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    [Service("till")]
    internal interface ITill
    {
        Task<int> ChargeAsync(int cents);

        Task<string> PrintAsync(int letters);

        [Operation(Idempotent = true)]
        Task<string> CopyAsync(int letters);

        Task<Ticket<Ordered>> OrderAsync(int books);
    }

    internal sealed record Ordered(string Number);

    /// <summary>What the till does, and has done, in whatever process.</summary>
    internal sealed class Till
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? held;

        public List<Guid> Seen { get; } = [];

        public List<Guid> Charged { get; } = [];

        public Exception? Fault { get; set; }

        public Task Entered => entered.Task;

        public Task Left => left.Task;

        public void Hold() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => held!.SetResult();

        public async Task<int> ChargeAsync(Guid id)
        {
            Seen.Add(id);
            entered.TrySetResult();
            if (held is not null)
                await held.Task;
            if (Fault is not null)
                throw Fault;
            Charged.Add(id);
            left.TrySetResult();
            return Charged.Count;
        }
    }

    [Starts("orders")]
    private sealed class TillService(Till till, SiteClient site) : ITill
    {
        public Task<int> ChargeAsync(int cents) => till.ChargeAsync(CallContext.Current!.StableId);

        public async Task<string> PrintAsync(int letters)
        {
            await till.ChargeAsync(CallContext.Current!.StableId);
            return new string('x', letters);
        }

        public Task<string> CopyAsync(int letters) => Task.FromResult(new string('x', letters));

        public async Task<Ticket<Ordered>> OrderAsync(int books)
        {
            // A key of its own each time: without the request's key, a repeat would be another order.
            string key = $"order-{Guid.NewGuid()}";
            Ticket<Parcel> ticket = await site.SubmitAsync(TicketHost.Orders, key, new Order(books));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }
}
