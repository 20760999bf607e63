using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Hosting;
using Waybill.Sqlite;

namespace Waybill.Stores.Tests.Readme;

public sealed record Order(string Card, decimal Total, string? Authorisation = null);

public sealed record OrderOutcome(string State);

public sealed record Answer(bool Approved, string? Id);

public interface IPaymentProcessor
{
    Task<Answer> AuthoriseAsync(string card, decimal total, string idempotencyKey, CancellationToken cancel);
}

public static class Orders
{
    public static readonly Node<Order> Authorise = new("authorise");
    public static readonly Node<Order> Source = new("source");
    public static readonly Node<Order> Review = new("payment-review");

    public static Workflow<Order, OrderOutcome> Workflow { get; } = Workflow<Order, OrderOutcome>
        .Named("orders", version: 1)
        .StartsAt(Authorise)
        .Node(Authorise, n => n.RunBy<AuthorisePayment>().GoesTo(Source, Review)
            .Retry(5, Backoff.Exponential(TimeSpan.FromSeconds(1))))
        .Node(Source, n => n.Run(order => Route.Finish(new OrderOutcome("sourced"))).Finishes())
        .Node(Review, n => n.Run(order => Route.Finish(new OrderOutcome("declined"))).Finishes());
}

public sealed class AuthorisePayment(IPaymentProcessor payments) : INode<Order>
{
    public async ValueTask<Route> RunAsync(Element<Order> order, CancellationToken cancel)
    {
        // If the process dies before the commit, this runs again; the key tells the processor that it is a repeat.
        Answer answer = await payments.AuthoriseAsync(order.Data.Card, order.Data.Total, order.IdempotencyKey, cancel);
        return answer.Approved
            ? Route.To(Orders.Source, order.Data with { Authorisation = answer.Id })
            : Route.To(Orders.Review, order.Data);
    }
}

public sealed class ReadmeSample
{
    [Fact]
    public async Task The_sample_of_the_readme_runs()
    {
        string folder = Directory.CreateTempSubdirectory("waybill-readme-").FullName;
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IPaymentProcessor, ApprovingProcessor>();
        string file = Path.Combine(folder, "orders.db");
        Order order = new("4111", 12.50m);

        builder.Services.AddWaybill(site => site.UseSqlite(file).Add(Orders.Workflow));
        using (IHost host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            SiteClient client = host.Services.GetRequiredService<SiteClient>();
            Ticket<OrderOutcome> ticket = await client.SubmitAsync(Orders.Workflow, "order-1001", order);
            TicketStatus<OrderOutcome> status = await client.WaitAsync(ticket);
            Assert.Equal("sourced", status.Result?.State);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_line_of_code_in_the_readme_stands_in_these_samples()
    {
        string root = Repository.Root;
        string samples = Path.Combine(root, "tests", "Waybill.Stores.Tests", "Readme");
        HashSet<string> known = [.. Directory.EnumerateFiles(samples, "*.cs").SelectMany(Lines)];
        IEnumerable<string> shown = File.ReadAllText(Path.Combine(root, "README.md"))
            .Split("```csharp").Skip(1)
            .SelectMany(rest => rest.Split("```")[0].Split('\n'))
            .Select(line => line.Trim())
            .Where(line => line.Length > 0);

        Assert.NotEmpty(shown);
        Assert.All(shown, line => Assert.Contains(line, known));
    }

    private static IEnumerable<string> Lines(string file) => File.ReadLines(file).Select(line => line.Trim());

    private sealed class ApprovingProcessor : IPaymentProcessor
    {
        public Task<Answer> AuthoriseAsync(
            string card, decimal total, string idempotencyKey, CancellationToken cancel) =>
            Task.FromResult(new Answer(true, $"authorised {idempotencyKey}"));
    }
}
