using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services;

namespace Waybill.Server.Tests;

public sealed class ServiceAccessTests
{
    private static readonly string[] Routes = ["pack", "ticket_read", "ticket_cancel"];

    [Fact]
    public async Task A_key_that_is_limited_to_workflows_calls_no_service()
    {
        await using ServerHost host = await StartAsync();
        HttpClient limited = await host.HolderAsync(ServerRole.Operator, "parcels");

        foreach (string route in Routes)
            Assert.Equal("out-of-scope", await CallAsync(limited, route).ProblemAsync(403));

        Assert.Equal(0, await host.Site.Store.Tickets.CountAsync(Stores.TicketFilter.All, default));
    }

    [Fact]
    public async Task Services_want_the_role_that_the_host_says()
    {
        await using ServerHost host = await StartAsync();
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        HttpClient submitter = await host.HolderAsync(ServerRole.Submitter);

        foreach (string route in Routes)
        {
            Assert.Equal("unauthenticated", await CallAsync(host.Anyone(), route).ProblemAsync(401));
            Assert.Equal("role-missing", await CallAsync(reader, route).ProblemAsync(403));
        }

        await CallAsync(submitter, "pack").JsonAsync(202);
        await CallAsync(submitter, "ticket_read").JsonAsync();
    }

    private static Task<HttpResponseMessage> CallAsync(HttpClient client, string route) => client.PostAsync(
        $"/services/packing/v1/{route}",
        route switch
        {
            "pack" => """{"note":"books"}""",
            "ticket_read" => $$"""{"ticket":"{{Guid.Empty}}","waitMs":0}""",
            _ => $$"""{"ticket":"{{Guid.Empty}}","reason":null}""",
        });

    private static Task<ServerHost> StartAsync() => ServerHost.StartAsync(
        [Sample.Parcels()],
        map: app => app.MapService<IPacking, Packing>().RequireAuthorization(ServerPolicies.Submitter));

    [Service("packing")]
    internal interface IPacking
    {
        Task<Ticket<Packed>> PackAsync(string note);
    }

    internal sealed record Packed(string Number);

    [Starts("parcels")]
    private sealed class Packing(SiteClient site) : IPacking
    {
        public async Task<Ticket<Packed>> PackAsync(string note)
        {
            Ticket<string> ticket = await site.SubmitAsync(Sample.Parcels(), "1", new Parcel(note));
            return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
        }
    }
}
