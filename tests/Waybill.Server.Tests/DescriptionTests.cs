using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Waybill.Server.Tests;

public sealed class DescriptionTests
{
    private const string Renew = "WAYBILL_RENEW_OPENAPI";

    private static readonly string Pinned =
        Path.Combine(Repository.Root, "tests", "Waybill.Server.Tests", "openapi.json");

    [Fact]
    public async Task The_description_of_the_api_is_the_pinned_one()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        string json = await reader.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        string now = JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(Pinned, now);

        Assert.True(
            now == await File.ReadAllTextAsync(Pinned),
            "The API is not what openapi.json says. Clients rely on it: is the difference meant, and can old clients "
            + $"live with it? Then renew the file: {Renew}=1 dotnet test tests/Waybill.Server.Tests --filter "
            + "DescriptionTests, and look at what git shows.");
    }

    [Fact]
    public async Task Every_operation_has_an_id_a_summary_and_an_answer()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        JsonElement api = await reader.FetchAsync("/openapi/v1.json").JsonAsync();
        JsonElement[] operations =
        [
            .. api.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value)),
        ];

        Assert.StartsWith("3.1", api.GetProperty("openapi").GetString());
        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.True(operation.GetProperty("responses").EnumerateObject().Count() >= 2);
        });
        Assert.Equal(
            operations.Length, operations.Select(op => op.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task The_description_is_sound_and_says_what_each_operation_refuses_and_honours()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        string json = await reader.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        ReadResult read = OpenApiDocument.Parse(json, "json");
        OpenApiDocument api = read.Document!;
        OpenApiOperation submit = api.Paths["/v1/workflows/{workflow}/elements"].Operations![HttpMethod.Post];
        IOpenApiParameter size = api.Paths["/v1/elements"].Operations![HttpMethod.Get].Parameters!
            .Single(parameter => parameter.Name == "size");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Equal(
            ["workflow", "Idempotency-Key", "Prefer"], submit.Parameters!.Select(parameter => parameter.Name));
        Assert.Equal(
            ["200", "202", "400", "401", "403", "404", "429", "503", "default"], submit.Responses!.Keys.Order());
        Assert.Equal(["Location", "Retry-After"], submit.Responses["202"].Headers!.Keys.Order());
        Assert.Equal(("1", "1000"), (size.Schema!.Minimum, size.Schema.Maximum));
        IOpenApiSchema problem = submit.Responses["400"].Content!["application/problem+json"].Schema!;
        Assert.Contains("traceId", problem.Properties!.Keys);
    }
}
