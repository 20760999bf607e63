using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Waybill.Services;

namespace Waybill.Server.Tests;

public sealed class ServiceDescriptionTests
{
    [Fact]
    public async Task Services_that_the_host_serves_are_described_by_their_contracts()
    {
        OpenApiDocument api = await DescribeAsync();
        OpenApiOperation stock = Operation(api, "stock-of");
        OpenApiOperation note = Operation(api, "note");

        Assert.Equal("shelf.v1.stock-of", stock.OperationId);
        Assert.Equal("How many there are.", stock.Summary);
        Assert.Equal("shelf:1/note", note.Summary);
        Assert.Contains("May be sent twice", stock.Description, StringComparison.Ordinal);
        Assert.Contains("Needs the role submitter.", stock.Description, StringComparison.Ordinal);
        IOpenApiSchema body = stock.RequestBody!.Content!["application/json"].Schema!;
        Assert.Equal((true, false), (stock.RequestBody.Required, body.AdditionalPropertiesAllowed));
        Assert.Equal(["isbn", "kinds"], body.Properties!.Keys.Order());
        Assert.Equal(["isbn"], body.Required!);
        Assert.Equal(
            ["200", "400", "401", "403", "408", "409", "413", "422", "429", "500", "503", "default"],
            stock.Responses!.Keys.Order());
        Assert.Contains("204", note.Responses!.Keys);
    }

    [Fact]
    public async Task Types_of_a_contract_are_described_as_they_are_on_the_wire()
    {
        OpenApiDocument api = await DescribeAsync();
        IOpenApiSchema result = Operation(api, "stock-of").Responses!["200"].Content!["application/json"].Schema!;
        IDictionary<string, IOpenApiSchema> schemas = api.Components!.Schemas!;
        IDictionary<string, IOpenApiSchema> stock = schemas["shelf.v1.ServiceDescriptionTests.Stock"].Properties!;

        Assert.Equal(2, result.OneOf!.Count);
        Assert.Equal((JsonSchemaType.Integer, "int64"), (stock["pieces"].Type, stock["pieces"].Format));
        Assert.Equal(JsonSchemaType.String | JsonSchemaType.Null, stock["shelf"].Type);
        Assert.Equal(JsonSchemaType.Array, stock["parts"].Type);
        Assert.Contains("pieces", stock["parts"].Items!.Properties!.Keys);
        Assert.Equal(
            ["hardCover", "paperback"],
            schemas["shelf.v1.ServiceDescriptionTests.Kind"].Enum!.Select(value => value!.GetValue<string>()));
    }

    [Fact]
    public async Task An_operation_that_is_answered_with_a_ticket_says_where_it_is()
    {
        OpenApiOperation fill = Operation(await DescribeAsync(), "fill");

        Assert.Equal(["Location", "Retry-After"], fill.Responses!["202"].Headers!.Keys.Order());
        IOpenApiSchema ticket = fill.Responses["202"].Content!["application/json"].Schema!;
        Assert.Contains("state", ticket.Properties!.Keys);
        Assert.Contains("Prefer", fill.Parameters!.Select(parameter => parameter.Name));
        Assert.Contains("shelf.v1.ServiceDescriptionTests.Stock", fill.Description, StringComparison.Ordinal);
    }

    private static OpenApiOperation Operation(OpenApiDocument api, string name) =>
        api.Paths[$"/services/shelf/v1/{name}"].Operations![HttpMethod.Post];

    private static async Task<OpenApiDocument> DescribeAsync()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()],
            map: app => app.MapService<IShelf, Shelf>().RequireAuthorization(ServerPolicies.Submitter));
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);
        string json = await reader.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        ReadResult read = OpenApiDocument.Parse(json, "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.DoesNotContain(read.Document!.Paths.Keys, path => path.Contains("ticket_", StringComparison.Ordinal));
        return read.Document!;
    }

    [Service("shelf")]
    internal interface IShelf
    {
        [Description("How many there are.")]
        [Operation(Idempotent = true)]
        Task<Stock?> StockOfAsync(string isbn, IReadOnlyList<Kind>? kinds = null);

        Task NoteAsync(DateTimeOffset at);

        Task<Ticket<Stock>> FillAsync(string isbn);
    }

    internal enum Kind
    {
        Paperback,
        HardCover,
    }

    internal sealed record Stock(long Pieces, Kind Kind, string? Shelf, IReadOnlyList<Stock> Parts);

    [Starts("parcels")]
    private sealed class Shelf : IShelf
    {
        public Task<Stock?> StockOfAsync(string isbn, IReadOnlyList<Kind>? kinds = null) =>
            Task.FromResult<Stock?>(null);

        public Task NoteAsync(DateTimeOffset at) => Task.CompletedTask;

        public Task<Ticket<Stock>> FillAsync(string isbn) => throw new RefusedException("full", "It is full.");
    }
}
