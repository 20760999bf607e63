using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Waybill.Services.Measuring;
using Waybill.Services.Registry;
using Waybill.Stores;

namespace Waybill.Services;

/// <summary>Lets the processes of a site find each other's services.</summary>
public static class ServiceRegistryExtensions
{
    /// <summary>
    /// Registers what this process serves in the site's store for as long as it runs, finds what others serve, and
    /// publishes what it measured. Needs an <see cref="ISiteStore"/> among the host's services. Without the store,
    /// calls go on with the addresses known last. Where the configuration names endpoints of a service, those count.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Changes options.</param>
    /// <exception cref="OptionsValidationException">At start: with everything that is wrong.</exception>
    public static IServiceCollection AddServiceRegistry(
        this IServiceCollection services, Action<ServiceRegistryOptions>? setup = null)
    {
        services.AddServiceCalls();
        OptionsBuilder<ServiceRegistryOptions> options = services.AddOptions<ServiceRegistryOptions>();
        if (setup is not null)
            options.Configure(setup);
        services.TryAddSingleton<IValidateOptions<ServiceRegistryOptions>, CheckedOptions>();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<ServiceRegistryOptions>>().Value);
        services.TryAddSingleton<OwnAddresses>();
        services.TryAddSingleton<EndpointAnnouncer>();
        services.TryAddSingleton<EndpointLookout>();
        services.TryAddSingleton<ReportPublisher>();
        services.AddHostedService<RegistryLoop>();
        return services;
    }

    private sealed class CheckedOptions : IValidateOptions<ServiceRegistryOptions>
    {
        public ValidateOptionsResult Validate(string? name, ServiceRegistryOptions options)
        {
            string[] faults = [.. options.Faults()];
            return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
