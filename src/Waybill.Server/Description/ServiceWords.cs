using System.Globalization;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Waybill.Server.Elements;
using Waybill.Server.Wire;
using Waybill.Services;

namespace Waybill.Server.Description;

/// <summary>Describes the operations of services that the host serves, by their contracts.</summary>
internal static class ServiceWords
{
    private static readonly (string Status, string Says)[] Problems =
    [
        ("400", "The call cannot be read: bad-arguments; or its key: idempotency-key-invalid."),
        ("408", "The time that it was given ran out: deadline-passed. Whether it took effect is unknown."),
        ("409", "Its key is taken: idempotency-key-in-progress, see Retry-After; idempotency-reply-not-kept."),
        ("413", "The arguments are too large: body-too-large."),
        ("422", "The service says no: refused; its code says why. Or its key is another's: idempotency-key-reused."),
        ("500", "It failed: operation-failed, dependency-failed."),
        ("503", "There is too much to do, and nothing was done: overloaded; see Retry-After."),
    ];

    private static readonly RequestHeader Deadline = new(
        "Waybill-Deadline-Ms", "After how many milliseconds the caller waits no longer.", "2000");

    private static readonly RequestHeader Caller = new(
        "Waybill-Caller", "Who calls, for what services promise each other and keep.", "till");

    /// <summary>The operation that an endpoint serves; null for other endpoints.</summary>
    public static OperationDescription? Of(ActionDescriptor endpoint) =>
        endpoint.EndpointMetadata.OfType<OperationDescription>().SingleOrDefault();

    /// <summary>The headers that calls of it honour.</summary>
    public static IEnumerable<RequestHeader> HeadersOf(OperationDescription called) => called.IsAsynchronous
        ? [RequestHeader.IdempotencyKey, RequestHeader.Prefer, Deadline, Caller]
        : [RequestHeader.IdempotencyKey, Deadline, Caller];

    /// <summary>Adds what it takes, what it answers, and what it promises.</summary>
    public static async Task CompleteAsync(
        OpenApiOperation operation, OperationDescription called, OpenApiOperationTransformerContext context,
        CancellationToken cancel)
    {
        ContractDescription contract =
            context.Description.ActionDescriptor.EndpointMetadata.OfType<ContractDescription>().Single();
        ContractSchemas schemas = new(contract, context.Document!);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = Json(schemas.OfArguments(called)),
        };
        operation.Responses = [];
        if (called.IsAsynchronous)
        {
            IOpenApiSchema ticket = await context.GetOrCreateSchemaAsync(
                typeof(TicketAnswer), cancellationToken: cancel);
            operation.Responses["200"] = new OpenApiResponse { Description = "The ticket.", Content = Json(ticket) };
            operation.Responses["202"] = new OpenApiResponse { Description = "The ticket.", Content = Json(ticket) };
        }
        else if (called.Result is { } result)
        {
            IOpenApiSchema schema = schemas.Of(result, called.ResultMayBeNull);
            operation.Responses["200"] = new OpenApiResponse { Description = "The result.", Content = Json(schema) };
        }
        else
        {
            operation.Responses["204"] = new OpenApiResponse { Description = "It is done." };
        }

        AddProblems(operation.Responses, context.Document!);
        operation.Description = string.Join(' ', Terms(called, schemas));
    }

    private static void AddProblems(OpenApiResponses responses, OpenApiDocument document)
    {
        foreach ((string status, string says) in Problems)
        {
            string id = $"CallProblem{status}";
            document.AddComponent(id, ResponseWords.ProblemResponse(says, document));
            responses[status] = new OpenApiResponseReference(id, document);
        }
    }

    private static IEnumerable<string> Terms(OperationDescription called, ContractSchemas schemas)
    {
        if (called.IsIdempotent)
            yield return "May be sent twice: the second call does no more than the first.";
        yield return string.Create(
            CultureInfo.InvariantCulture, $"It is given up after {called.DeadlineMs:N0} ms, or the caller's deadline.");
        if (called is { IsAsynchronous: true, Result: { } result })
            yield return $"The result of its ticket: {schemas.NameOf(result)}.";
    }

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) => new(StringComparer.Ordinal)
    {
        [EndpointWords.Json] = new OpenApiMediaType { Schema = schema },
    };
}
