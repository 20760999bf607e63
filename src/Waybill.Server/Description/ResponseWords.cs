using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Waybill.Server.Wire;
using Waybill.Services.Http;

namespace Waybill.Server.Description;

/// <summary>Describes what operations answer besides their results: problems, and the headers of tickets.</summary>
internal static class ResponseWords
{
    private const string Problem = "Problem";

    private static readonly (string Status, string Says)[] Known =
    [
        ("400", "The request cannot be read: invalid-input, bad-request."),
        ("401", "The caller is not known: unauthenticated."),
        ("403", "The caller may not: role-missing, out-of-scope."),
        ("404", "There is no such thing, or not for this caller: not-found, ticket-unknown."),
        ("429", "Too many requests of this caller: too-many-requests; see Retry-After."),
        ("503", "The store is away: store-unavailable (nothing was done), outcome-unknown; see Retry-After."),
        ("default", "Any other problem; its type says which."),
    ];

    /// <summary>Adds what the answers of operations refer to.</summary>
    public static void Introduce(OpenApiDocument document)
    {
        document.AddComponent(Problem, ProblemSchema());
        foreach ((string status, string says) in Known)
            document.AddComponent(Problem + status, ProblemResponse(says, document));
    }

    /// <summary>An answer that is a problem.</summary>
    public static OpenApiResponse ProblemResponse(string says, OpenApiDocument document) => new()
    {
        Description = says,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [Problems.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Problem, document) },
        },
    };

    /// <summary>Adds the problems that an operation can have, and the headers of what it gives.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="context">What it says of itself.</param>
    /// <param name="isOpen">Whether anyone may ask.</param>
    public static void Complete(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, bool isOpen)
    {
        OpenApiResponses responses = operation.Responses ??= [];
        bool namesOne = context.Description.RelativePath!.Contains('{', StringComparison.Ordinal);
        foreach ((string status, _) in Known)
        {
            bool canBe = status == "default" || (!isOpen && (status != "404" || namesOne));
            if (canBe && !responses.ContainsKey(status))
                responses[status] = new OpenApiResponseReference(Problem + status, context.Document);
        }

        bool isTicket = context.Description.ActionDescriptor.EndpointMetadata.OfType<TicketMetadata>().Any()
            || ServiceWords.Of(context.Description.ActionDescriptor) is { IsAsynchronous: true };
        if (!isTicket)
            return;
        AddHeaders("200", ("ETag", "Changes whenever the ticket does."));
        AddHeaders(
            "202", ("Location", "Where the ticket is."), ("Retry-After", "After how many seconds to look again."));

        void AddHeaders(string status, params IEnumerable<(string Name, string Says)> headers)
        {
            if (!responses.TryGetValue(status, out IOpenApiResponse? found) || found is not OpenApiResponse response)
                return;
            response.Headers = headers.ToDictionary(
                header => header.Name,
                header => (IOpenApiHeader)new OpenApiHeader
                {
                    Description = header.Says,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                },
                StringComparer.Ordinal);
        }
    }

    // After RFC 9457, as all of them are written.
    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "traceId" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = Text("The kind, urn:waybill:problem:<name>; its meaning never changes."),
            ["title"] = Text("The kind in a few words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What, which one, why, and what to do."),
            ["code"] = Text("Which of a service's own reasons it was, if it has any."),
            ["traceId"] = Text("Under this, operators find the request in logs and traces."),
        },
        Examples =
        [
            JsonNode.Parse(
                """
                {"type":"urn:waybill:problem:invalid-input","title":"The input cannot be read","status":400,
                 "detail":"The body cannot be read at $.data: Member \"size\" is not known there.",
                 "traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}
                """)!,
        ],
    };

    private static OpenApiSchema Text(string says) => new() { Type = JsonSchemaType.String, Description = says };
}
