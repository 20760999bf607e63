using System.Net.Http.Json;
using System.Text.Json;
using Bookstore.Services;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Waybill.Services;
using Waybill.Testing;

namespace Bookstore.Tests;

public sealed class DescriptionTests : IDisposable
{
    private readonly Bookshop shop = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_in_another_language_sees_how_to_call_each_service_that_is_served()
    {
        await using ServedSite site = await ServedSite.StartAsync(
            shop.Site with { Urls = ["http://127.0.0.1:0"], HasShop = true, Serves = ShopServices.Names },
            new FakeTime());
        using HttpClient clerk = await site.ClerkAsync();

        ReadResult read = OpenApiDocument.Parse(await clerk.GetStringAsync("/openapi/v1.json", Stop), "json");

        Assert.Empty(read.Diagnostic!.Errors);
        string[] described =
        [
            .. read.Document!.Paths.Keys.Where(path => path.StartsWith("/services/", StringComparison.Ordinal)),
        ];
        Assert.Equal(ReleasedPaths().Order(), described.Order());
        Assert.Equal(
            ["number", "address", "asker", "waitMs"],
            read.Document.Paths["/services/orders/v1/change-address"].Operations![HttpMethod.Post]
                .RequestBody!.Content!["application/json"].Schema!.Properties!.Keys);
        using HttpResponseMessage answer = await clerk.PostAsJsonAsync(
            "/services/fulfilment/v1/promise", new { centre = "Leeds", method = "express" }, Stop);
        Assert.Equal(
            "express", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("method").GetString());
    }

    public void Dispose() => shop.Dispose();

    private static IEnumerable<string> ReleasedPaths() =>
        from file in Directory.EnumerateFiles(ContractTests.Released)
        let contract = ContractDescription.Parse(File.ReadAllText(file))
        from operation in contract.Operations
        select $"/services/{contract.Service}/v{contract.Version}/{operation.Name}";
}
