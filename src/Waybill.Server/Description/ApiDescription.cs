using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Waybill.Server.Wire;

namespace Waybill.Server.Description;

/// <summary>Describes the API as OpenAPI 3.1, from what the endpoints say of themselves.</summary>
internal static class ApiDescription
{
    public const string Document = "v1";
    private const string KeyScheme = "apiKey";
    private static readonly string[] Others = ["metrics", "health/live", "health/ready"];

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = described => ServiceWords.Of(described.ActionDescriptor) is not null
                || (described.RelativePath is { } path
                    && (path.StartsWith("v1/", StringComparison.Ordinal) || Others.Contains(path)));
            options.AddDocumentTransformer((document, _, _) => DoneAsync(() => Introduce(document)));
            options.AddOperationTransformer(CompleteAsync);
            options.AddSchemaTransformer((schema, context, _) => DoneAsync(() => Mend(schema, context)));
        });

    private static Task DoneAsync(Action describe)
    {
        describe();
        return Task.CompletedTask;
    }

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Waybill",
            Version = "v1",
            Description = "A site's elements, queues, nodes and changes. Input is read strictly: unknown and doubled "
                + "members and parameters are refused. Errors are problem details (RFC 9457). Any request "
                + "may carry traceparent (W3C Trace Context): what it begins belongs to that trace.",
        };
        document.Servers = [];
        document.Tags = new HashSet<OpenApiTag>(
            document.Paths.Keys.Select(TagOf).Distinct().Select(name => new OpenApiTag { Name = name }));
        document.Components ??= new OpenApiComponents();
        ResponseWords.Introduce(document);
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key: wb_<prefix>_<secret>.",
            },
        };
    }

    private static async Task CompleteAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        operation.Tags = new HashSet<OpenApiTagReference>
        {
            new(TagOf(context.Description.RelativePath!), context.Document),
        };
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (QueryParameter parameter in metadata.OfType<QueryMetadata>().SelectMany(query => query.Parameters))
            operation.Parameters.Add(ToParameter(parameter));
        foreach (RequestHeader header in metadata.OfType<HeaderMetadata>().SelectMany(honoured => honoured.Headers))
            operation.Parameters.Add(ToParameter(header));
        if (ServiceWords.Of(context.Description.ActionDescriptor) is { } called)
        {
            foreach (RequestHeader header in ServiceWords.HeadersOf(called))
                operation.Parameters.Add(ToParameter(header));
            await ServiceWords.CompleteAsync(operation, called, context, cancel);
        }

        if (metadata.OfType<ExampleMetadata>().SingleOrDefault() is { } example)
            operation.RequestBody!.Content![EndpointWords.Json].Example = JsonNode.Parse(example.Json);
        bool isOpen = metadata.OfType<IAllowAnonymous>().Any();
        ResponseWords.Complete(operation, context, isOpen);
        string[] policies = [.. metadata.OfType<IAuthorizeData>().Select(data => data.Policy ?? "")];
        ServerRole[] roles = [.. Enum.GetValues<ServerRole>().Where(r => policies.Contains(ServerPolicies.NameOf(r)))];
        if (roles.Length == 0)
            return;
        string needs = $"Needs the role {EndpointWords.CamelCase(roles.Max().ToString())}.";
        operation.Description = operation.Description is { } said ? $"{said} {needs}" : needs;
        operation.Security =
        [
            new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [],
            },
        ];
    }

    /// <summary>What an address is about: the part behind the version.</summary>
    private static string TagOf(string path)
    {
        string[] parts = path.Trim('/').Split('/');
        return parts[0] == "v1" ? parts[1] : parts[0];
    }

    private static OpenApiParameter ToParameter(QueryParameter parameter)
    {
        OpenApiSchema one = parameter.Kind switch
        {
            QueryKind.Number => new()
            {
                Type = JsonSchemaType.Integer,
                Minimum = parameter.Min.ToString(CultureInfo.InvariantCulture),
                Maximum = parameter.Max?.ToString(CultureInfo.InvariantCulture),
            },
            QueryKind.Truth => new() { Type = JsonSchemaType.Boolean },
            QueryKind.Instant => new() { Type = JsonSchemaType.String, Format = "date-time" },
            QueryKind.Id => new() { Type = JsonSchemaType.String, Format = "uuid" },
            QueryKind.Word => Words(parameter.Words),
            _ => new() { Type = JsonSchemaType.String, MaxLength = parameter.LengthMax },
        };
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Says,
            Schema = parameter.Kind == QueryKind.Texts
                ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = one }
                : one,
        };
    }

    private static OpenApiParameter ToParameter(RequestHeader header) => new()
    {
        Name = header.Name,
        In = ParameterLocation.Header,
        Description = header.Says,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = header.Example,
    };

    // The description is made with the host's JSON options; the API's own write enumerations as words, leave nulls out,
    // and take no number that is written as text.
    private static void Mend(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            OpenApiSchema words = Words([.. Enum.GetNames(type).Select(EndpointWords.CamelCase)]);
            (schema.Type, schema.Enum) = (words.Type, words.Enum);
        }

        if (schema.Type is { } kind && (kind.HasFlag(JsonSchemaType.Integer) || kind.HasFlag(JsonSchemaType.Number)))
            (schema.Type, schema.Pattern) = (schema.Type & ~JsonSchemaType.String, null);
        foreach (JsonPropertyInfo property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable))
            schema.Required?.Remove(property.Name);
    }

    private static OpenApiSchema Words(IReadOnlyList<string> words) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word)!)],
    };
}
