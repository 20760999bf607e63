using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Hosting;
using Waybill.Services;
using Waybill.Sqlite;

namespace Waybill.Server.Tests;

public sealed class HostTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_server_and_the_site_are_added_in_any_order(bool serverFirst)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-host-");
        string key = Path.Combine(folder.FullName, "key");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        if (serverFirst)
            builder.Services.AddWaybillServer(server => server.FirstKeyFile = key);
        builder.Services.AddWaybill(
            site => site.UseSqlite(Path.Combine(folder.FullName, "site.db")).Add(Sample.Parcels()));
        if (!serverFirst)
            builder.Services.AddWaybillServer(server => server.FirstKeyFile = key);
        await using (WebApplication app = builder.Build())
        {
            app.MapWaybill();
            await app.StartAsync();
            using HttpClient admin = app.GetTestClient();
            admin.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(key)).Trim());

            Assert.Equal(1, (await admin.FetchAsync("/v1/keys").JsonAsync()).GetProperty("items").GetArrayLength());
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_server_without_a_site_says_what_is_missing()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWaybillServer();
        WebApplication app = builder.Build();

        Assert.Contains("AddWaybill", Assert.Throws<InvalidOperationException>(app.MapWaybill).Message);
    }

    [Fact]
    public async Task Operators_see_how_services_keep_their_promises_and_who_calls_whom()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()], build: builder => builder.Services.AddServiceClient<IScales>());
        host.Services.GetRequiredService<LocalServices>().Serve<IScales>(new Scales());
        await host.Services.GetRequiredService<IScales>().WeighAsync("A-1");
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        HttpClient limited = await host.HolderAsync(ServerRole.Reader, "parcels");

        JsonElement levels = (await reader.FetchAsync("/v1/services/levels").JsonAsync()).GetProperty("items");
        JsonElement graph = (await reader.FetchAsync("/v1/services/graph").JsonAsync()).GetProperty("items");

        Assert.Equal(
            ["callee", "caller"],
            levels.EnumerateArray().Select(level => level.GetProperty("side").GetString()).Order());
        Assert.All(levels.EnumerateArray(), level => Assert.True(level.GetProperty("isAvailabilityKept").GetBoolean()));
        JsonElement edge = Assert.Single(graph.EnumerateArray());
        Assert.Equal(
            ("scales:1", 1, false),
            (edge.GetProperty("service").GetString(), edge.GetProperty("calls").GetInt32(),
                edge.GetProperty("isPromiseBroken").GetBoolean()));
        Assert.Equal("out-of-scope", await limited.FetchAsync("/v1/services/graph").ProblemAsync(403));
    }

    [Theory]
    [InlineData("PUT", "/v1/elements", null, 405, "method-not-allowed")]
    [InlineData("POST", "/v1/nothing", null, 404, "not-found")]
    [InlineData("POST", "/v1/workflows/parcels/elements", "text/plain", 415, "wrong-media-type")]
    public async Task What_routing_refuses_is_a_problem_too(
        string method, string path, string? mediaType, int status, string problem)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (mediaType is not null)
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, mediaType);

        Assert.Equal(problem, await admin.SendAsync(request).ProblemAsync(status));
    }

    [Service("scales")]
    internal interface IScales
    {
        [Operation(Availability = 99)]
        Task<int> WeighAsync(string parcel);
    }

    private sealed class Scales : IScales
    {
        public Task<int> WeighAsync(string parcel) => Task.FromResult(parcel.Length);
    }
}
