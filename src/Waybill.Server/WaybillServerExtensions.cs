using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Server.Audit;
using Waybill.Server.Callbacks;
using Waybill.Server.Changes;
using Waybill.Server.Description;
using Waybill.Server.Elements;
using Waybill.Server.Held;
using Waybill.Server.Keys;
using Waybill.Server.Nodes;
using Waybill.Server.Sidelined;
using Waybill.Server.Watching;
using Waybill.Server.Work;
using Waybill.Services;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;

namespace Waybill.Server;

/// <summary>Puts the HTTP face of a site into a host.</summary>
public static class WaybillServerExtensions
{
    /// <summary>
    /// Adds what <see cref="MapWaybill"/> needs: keys, roles, limits, the audit trail. The host adds the site itself,
    /// before or after; it may be one without a worker. From here on an endpoint of the host that states no
    /// authorization is open to nobody; say <c>AllowAnonymous</c> or name a policy.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Chooses options; null for the defaults.</param>
    public static IServiceCollection AddWaybillServer(
        this IServiceCollection services, Action<WaybillServerOptions>? setup = null)
    {
        services.AddOptions<WaybillServerOptions>().Configure(setup ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WaybillServerOptions>, OptionsCheck>());
        services.TryAddSingleton(TimeProvider.System);
        // Keys need no data protection, which would keep a key ring of its own on the disk.
        services.AddAuthenticationCore().AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, RoleRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        services.AddSingleton<IConfigureOptions<AuthorizationOptions>, ServerAuthorization>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ServerLimits>();
        services.AddSingleton<RequestRate>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyWatch>());
        services.AddSingleton<ClaimLimit>();
        services.AddSingleton(provider => new AuditTrail(
            provider.GetRequiredService<SiteClient>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<WaybillServerOptions>>(),
            provider.GetRequiredService<ILogger<AuditTrail>>()));
        services.AddSingleton(provider => new ApiKeys(
            provider.GetRequiredService<SiteClient>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<KeyRing>()));
        services.AddSingleton<Selections>();
        services.AddSingleton<NodeActs>();
        services.AddSingleton<HeldActs>();
        services.AddSingleton<StreamSlots>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<NodeCounters>();
        services.AddSingleton<Instruments>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeCounters>());
        services.AddApiDescription();
        services.AddTickets(tickets => tickets.OpensSecretsFor =
            request => RoleRequirement.Held(request.User) >= ServerRole.Submitter);
        services.AddCallbacks();
        services.AddServiceCalls();
        services.AddHostedService<FirstKey>();
        return services;
    }

    /// <summary>
    /// Maps the API under <c>/v1</c>, and puts problem details, authentication, the rate of requests and authorization
    /// before all endpoints of the host.
    /// </summary>
    /// <param name="app">The host.</param>
    /// <exception cref="InvalidOperationException">The host has no site, or lacks <c>AddWaybillServer</c>.</exception>
    public static WebApplication MapWaybill(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.Services.GetService<IServiceProviderIsService>() is { } known && !known.IsService(typeof(SiteClient)))
        {
            throw new InvalidOperationException(
                "There is no site to be reached: call AddWaybill on the host's services, before or after "
                + $"{nameof(AddWaybillServer)}.");
        }

        app.UseProblems();
        app.UseAuthentication();
        app.UseMiddleware<RequestRate>();
        app.UseAuthorization();
        RouteGroupBuilder group = app.MapGroup("/v1");
        WorkflowEndpoints.Map(group);
        ElementEndpoints.Map(group);
        TicketRouting.Map(app);
        ChangeEndpoints.Map(group);
        SidelinedEndpoints.Map(group);
        HeldEndpoints.Map(group);
        NodeEndpoints.Map(group);
        KeyEndpoints.Map(group);
        AuditEndpoints.Map(group);
        WorkEndpoints.Map(group);
        CallbackRoutes.Map(group);
        EventEndpoints.Map(group);
        ServiceEndpoints.Map(group);
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        // Made now, so that it hears of everything from the start.
        app.Services.GetRequiredService<Instruments>();
        app.MapOpenApi("/openapi/v1.json").RequireAuthorization(ServerPolicies.Reader);
        return app;
    }

    private sealed class OptionsCheck : IValidateOptions<WaybillServerOptions>
    {
        public ValidateOptionsResult Validate(string? name, WaybillServerOptions options)
        {
            string[] faults = [.. options.Faults()];
            return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
