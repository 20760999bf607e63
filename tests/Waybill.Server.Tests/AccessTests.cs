using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Server.Keys;

namespace Waybill.Server.Tests;

public sealed class AccessTests
{
    // What anyone may call: whether the process lives and can work.
    private static readonly string[] Open = ["/health/live", "/health/ready"];

    [Fact]
    public async Task Every_route_refuses_who_has_no_key_and_states_a_role()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        RouteEndpoint[] routes = Routes(host);

        Assert.NotEmpty(routes);
        foreach (RouteEndpoint route in routes)
        {
            string path = PathOf(route);
            if (Open.Contains(path))
                continue;
            Assert.True(
                route.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(data => data.Policy is not null),
                $"{route.DisplayName} states no policy.");
            Assert.Null(route.Metadata.GetMetadata<IAllowAnonymous>());
            foreach (string method in MethodsOf(route))
                Assert.Equal("unauthenticated", await SendAsync(host.Anyone(), method, path).ProblemAsync(401));
        }
    }

    [Fact]
    public async Task No_route_lets_a_reader_write()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        foreach (RouteEndpoint route in Routes(host))
        {
            foreach (string method in MethodsOf(route).Where(method => method != "GET"))
                Assert.Equal("role-missing", await SendAsync(reader, method, PathOf(route)).ProblemAsync(403));
        }
    }

    [Theory]
    [InlineData(ServerRole.Reader, "/v1/elements", 200)]
    [InlineData(ServerRole.Reader, "/v1/keys", 403)]
    [InlineData(ServerRole.Operator, "/v1/keys", 403)]
    [InlineData(ServerRole.Operator, "/v1/audit", 403)]
    [InlineData(ServerRole.Admin, "/v1/keys", 200)]
    [InlineData(ServerRole.Admin, "/v1/elements", 200)]
    public async Task A_role_may_do_what_the_roles_before_it_may(ServerRole role, string path, int status)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient holder = await host.HolderAsync(role);

        await holder.FetchAsync(path).JsonAsync(status);
    }

    [Fact]
    public async Task An_endpoint_of_the_host_that_states_nothing_is_open_to_nobody()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()], map: app => app.MapGet("/forgotten", () => "secret"));
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        Assert.Equal("unauthenticated", await host.Anyone().FetchAsync("/forgotten").ProblemAsync(401));
        Assert.Equal("role-missing", await admin.FetchAsync("/forgotten").ProblemAsync(403));
    }

    [Fact]
    public async Task Where_nothing_is_only_known_callers_are_told_so()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        Assert.Equal("unauthenticated", await host.Anyone().FetchAsync("/v1/nothing").ProblemAsync(401));
        Assert.Equal("not-found", await reader.FetchAsync("/v1/nothing").ProblemAsync(404));
    }

    [Theory]
    [InlineData("")]
    [InlineData("wb_")]
    [InlineData("wb_aaaaaaaa_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("wb_AAAAAAAA_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("wb_aaaaaaaa_0")]
    [InlineData("something else")]
    public async Task A_wrong_key_is_refused(string key)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);

        Assert.Equal("unauthenticated", await host.With(key).FetchAsync("/v1/elements").ProblemAsync(401));
    }

    [Fact]
    public async Task A_known_prefix_with_another_secret_is_refused()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        string secret = (await host.IssueAsync(new NewApiKey("one", ServerRole.Admin))).Secret;
        string other = secret[..^1] + (secret[^1] == '0' ? '1' : '0');

        await host.With(secret).FetchAsync("/v1/elements").JsonAsync();
        Assert.Equal("unauthenticated", await host.With(other).FetchAsync("/v1/elements").ProblemAsync(401));
    }

    [Fact]
    public async Task A_principal_of_the_host_counts_when_its_scheme_is_named()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()],
            options => options.AuthenticationSchemes.Add("house"),
            builder => builder.Services.AddAuthentication()
                .AddScheme<AuthenticationSchemeOptions, HouseScheme>("house", null));
        HttpClient person = host.Anyone();
        person.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("House", "ann");

        await person.FetchAsync("/v1/elements").JsonAsync();
        Assert.Equal("role-missing", await person.FetchAsync("/v1/keys").ProblemAsync(403));
    }

    [Fact]
    public async Task What_a_host_adds_to_the_caller_of_a_request_is_not_with_the_next_one()
    {
        await using ServerHost host = await ServerHost.StartAsync(
            [Sample.Parcels()],
            map: app => app.MapGet("/mark", (HttpContext http) =>
            {
                bool wasMarked = http.User.HasClaim("mark", "yes");
                http.User.AddIdentity(new ClaimsIdentity([new Claim("mark", "yes")]));
                return wasMarked;
            }).RequireAuthorization(ServerPolicies.Reader));
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        JsonElement first = await reader.FetchAsync("/mark").JsonAsync();
        JsonElement second = await reader.FetchAsync("/mark").JsonAsync();

        Assert.Equal((JsonValueKind.False, JsonValueKind.False), (first.ValueKind, second.ValueKind));
    }

    [Fact]
    public void The_identity_that_all_requests_with_a_key_share_cannot_be_changed()
    {
        KeyIdentity identity = new("abcd1234", new KeyRecord
        {
            Name = "shop",
            Role = ServerRole.Reader,
            Hash = [],
            CreatedAt = DateTimeOffset.UnixEpoch,
            CreatedBy = "test",
        });
        Claim claim = new(ClaimTypes.Role, ServerPolicies.Admin);

        Assert.Throws<InvalidOperationException>(() => identity.AddClaim(claim));
        Assert.Throws<InvalidOperationException>(() => identity.AddClaims([claim]));
        Assert.Throws<InvalidOperationException>(() => identity.RemoveClaim(identity.Claims.First()));
        Assert.Throws<InvalidOperationException>(() => identity.TryRemoveClaim(identity.Claims.First()));
        Assert.Equal("shop (wb_abcd1234)", identity.Name);
    }

    private static RouteEndpoint[] Routes(ServerHost host) =>
        [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static IEnumerable<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"];

    // Any value will do where a route has a parameter: who may not call it must not learn whether it would fit.
    private static string PathOf(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter =>
                parameter.ParameterPolicies.Select(policy => policy.Content).SingleOrDefault() switch
                {
                    "guid" => Guid.Empty.ToString(),
                    "int" or "long" => "1",
                    _ => "parcels",
                },
            _ => throw new NotSupportedException($"{route.DisplayName} has a part of an unknown kind."),
        }))));

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

    private sealed class HouseScheme(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string header = Request.Headers.Authorization.ToString();
            if (!header.StartsWith("House ", StringComparison.Ordinal))
                return Task.FromResult(AuthenticateResult.NoResult());
            ClaimsIdentity identity = new(
                [new Claim(ClaimTypes.Name, header[6..]), new Claim(ClaimTypes.Role, ServerPolicies.Reader)], "house");
            return Task.FromResult(AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(identity), "house")));
        }
    }
}
