using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Waybill.Server.Callbacks;

/// <summary>Adds callbacks to a host.</summary>
public static class CallbackServices
{
    /// <summary>
    /// Adds <see cref="CallbackDesk"/>, what the workflow's node needs, and the service that notices tickets' ends. The
    /// site adds the workflow itself (<see cref="CallbackWorkflow.AddCallbacks"/>). When repeated, only the options are
    /// changed further.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Changes the options.</param>
    public static IServiceCollection AddCallbacks(
        this IServiceCollection services, Action<CallbackOptions>? setup = null)
    {
        services.AddOptions<CallbackOptions>().Configure(setup ?? (_ => { }));
        if (services.Any(service => service.ServiceType == typeof(CallbackFeed)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CallbackOptions>>().Value);
        services.AddSingleton(provider => new CallbackDesk(
            provider.GetRequiredService<SiteClient>(), provider.GetRequiredService<CallbackOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallbackSender(
            new GuardedConnections(provider.GetRequiredService<CallbackOptions>(), Dns.GetHostAddressesAsync)
                .ToInvoker(),
            provider.GetRequiredService<CallbackOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CallbackSubmission>();
        services.AddSingleton<CallbackFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<CallbackFeed>());
        return services;
    }
}
