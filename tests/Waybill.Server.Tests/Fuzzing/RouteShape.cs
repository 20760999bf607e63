using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Waybill.Server.Wire;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>What the running server says of one of its routes.</summary>
/// <param name="Name">Method and pattern.</param>
/// <param name="Method">The method.</param>
/// <param name="Segments">The path; a parameter stands in braces.</param>
/// <param name="Body">What it reads; null for nothing.</param>
/// <param name="Query">The names of the query parameters that it takes.</param>
internal sealed record RouteShape(
    string Name, string Method, IReadOnlyList<string> Segments, Type? Body, IReadOnlyList<QueryParameter> Query)
{
    /// <summary>What the route is about: the first word of its path after the version.</summary>
    public string Family => Segments.FirstOrDefault(segment => segment != "v1", "");

    /// <summary>All routes of a server: what is added to it later is among them by itself.</summary>
    public static IReadOnlyList<RouteShape> AllOf(EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
                .Select(method => Of(route, method)))
            .OrderBy(shape => shape.Name, StringComparer.Ordinal),
    ];

    private static RouteShape Of(RouteEndpoint route, string method) => new(
        $"{method} {route.RoutePattern.RawText}",
        method,
        [.. route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(TextOf)))],
        route.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType,
        route.Metadata.GetMetadata<QueryMetadata>()?.Parameters ?? []);

    private static string TextOf(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart parameter => "{" + parameter.Name + "}",
        _ => "",
    };
}
