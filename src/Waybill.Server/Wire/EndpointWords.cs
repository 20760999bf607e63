using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Waybill.Server.Access;

namespace Waybill.Server.Wire;

/// <summary>What every endpoint says of itself.</summary>
internal static class EndpointWords
{
    public const string Json = "application/json";

    /// <summary>Which role it needs, what it is called, and what it does.</summary>
    public static RouteHandlerBuilder Is(
        this RouteHandlerBuilder endpoint, ServerRole needs, string name, string summary) =>
        endpoint.RequireAuthorization(ServerPolicies.NameOf(needs)).WithName(name).WithSummary(summary);

    /// <summary>That it holds callers who are limited to workflows to them itself.</summary>
    public static RouteHandlerBuilder LooksAtScope(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new LooksAtScopeMetadata());

    /// <summary>That its answer goes on, or is held back, for more than a moment.</summary>
    public static RouteHandlerBuilder Waits(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new WaitsMetadata());

    /// <summary>Which query parameters it takes.</summary>
    public static RouteHandlerBuilder Takes(
        this RouteHandlerBuilder endpoint, params IEnumerable<QueryParameter> parameters) =>
        endpoint.WithMetadata(new QueryMetadata([.. parameters]));

    /// <summary>Which headers it honours besides those of every request.</summary>
    public static RouteHandlerBuilder Honours(
        this RouteHandlerBuilder endpoint, params IEnumerable<RequestHeader> headers) =>
        endpoint.WithMetadata(new HeaderMetadata([.. headers]));

    /// <summary>A body that it takes, as an example.</summary>
    public static RouteHandlerBuilder Example(
        this RouteHandlerBuilder endpoint, [StringSyntax(StringSyntaxAttribute.Json)] string json) =>
        endpoint.WithMetadata(new ExampleMetadata(json));

    /// <summary>The name of a member or of an enumeration's value, as it is written.</summary>
    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>What body it reads.</summary>
    public static RouteHandlerBuilder Reads<T>(this RouteHandlerBuilder endpoint)
        where T : notnull => endpoint.Accepts<T>(Json);

    /// <summary>What it answers when all is well.</summary>
    public static RouteHandlerBuilder Gives<T>(
        this RouteHandlerBuilder endpoint, int status = StatusCodes.Status200OK) =>
        endpoint.Produces<T>(status, Json);
}
