using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Contracts;
using Waybill.Services.Tests.Asynchronous;

namespace Waybill.Services.Tests;

public sealed class AsynchronousOperationTests
{
    [Fact]
    public async Task A_call_of_an_asynchronous_operation_brings_the_ticket()
    {
        await using TicketHost host = await TicketHost.StartAsync(app => app.MapService<IOrdering, Ordering>());
        await using ServiceProvider caller = Caller(host);
        IOrdering ordering = caller.GetRequiredService<IOrdering>();

        Ticket<Shipped> ticket = await ordering.PlaceAsync("A-1", 2);
        Ticket<Shipped> again = await ordering.PlaceAsync("A-1", 2);

        Assert.Equal(("orders", "A-1", true), (ticket.Workflow, ticket.BusinessKey, ticket.IsNew));
        Assert.Equal(ticket with { IsNew = false }, again);
    }

    [Fact]
    public async Task It_is_answered_with_the_address_of_the_ticket()
    {
        await using TicketHost host = await TicketHost.StartAsync(app => app.MapService<IOrdering, Ordering>());

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync(
            "/services/ordering/v1/place", new { key = "A-1", books = 2 });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(answer.Headers.Location!.ToString(), answer.Headers.GetValues("Operation-Location").Single());
        JsonElement ticket = await host.Client.GetFromJsonAsync<JsonElement>(answer.Headers.Location);
        Assert.Equal("accepted", ticket.GetProperty("state").GetString());
    }

    [Fact]
    public void What_the_ticket_will_bring_is_of_the_contract_too()
    {
        ContractException wrong = Assert.Throws<ContractException>(() => ServiceContract.Of(typeof(ILeaky)));

        Assert.Contains("Waybill.Behind.StockRow stands outside", wrong.Message);
    }

    private static ServiceProvider Caller(TicketHost host)
    {
        ServiceCollection services = new();
        services.AddServiceClient<IOrdering>().AddServiceCalls(options =>
        {
            options.Endpoints["ordering"] = ["http://orders"];
            options.Handler = host.Handler;
        });
        return services.BuildServiceProvider();
    }

    [Service("ordering")]
    internal interface IOrdering
    {
        [Operation(Idempotent = true)]
        Task<Ticket<Shipped>> PlaceAsync(string key, int books);
    }

    internal sealed record Shipped(string Tracking);

    [Starts("orders")]
    private sealed class Ordering(SiteClient site) : IOrdering
    {
        public async Task<Ticket<Shipped>> PlaceAsync(string key, int books)
        {
            Ticket<Parcel> ticket = await site.SubmitAsync(TicketHost.Orders, key, new Order(books));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }

    [Service("leaky")]
    private interface ILeaky
    {
        Task<Ticket<Waybill.Behind.StockRow>> LeakAsync();
    }
}
