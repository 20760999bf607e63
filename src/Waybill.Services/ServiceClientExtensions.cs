using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Waybill.Services.Asynchronous;
using Waybill.Services.Calling;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;
using Waybill.Stores;

namespace Waybill.Services;

/// <summary>Adds clients of services to a host.</summary>
public static class ServiceClientExtensions
{
    /// <summary>
    /// Adds the contract itself as a client: thread-safe, one for all. Its calls go to the implementation in this
    /// process if there is one, else to an endpoint. They throw <see cref="RefusedException"/> when the service says no
    /// and <see cref="ServiceCallException"/> when there is no answer. Tickets that asynchronous operations are
    /// answered with are followed by <see cref="ServiceTickets{TContract}"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <exception cref="ContractException">It is no contract; with everything that is wrong.</exception>
    public static IServiceCollection AddServiceClient<TContract>(this IServiceCollection services)
        where TContract : class
    {
        ServiceContract.Of(typeof(TContract));
        services.AddServiceCalls();
        services.TryAddSingleton(provider => ServiceProxy.Create<TContract>(provider.GetRequiredService<CallPath>()));
        services.TryAddSingleton(provider => new ServiceTickets<TContract>(
            provider.GetRequiredService<CallPath>(),
            provider.GetRequiredService<TicketPolls>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>
    /// Adds what clients and served operations share: <see cref="LocalServices"/>, <see cref="ServiceReports"/>.
    /// Twice does no more than once; each <paramref name="setup"/> counts.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Changes options after the configuration was read.</param>
    /// <exception cref="OptionsValidationException">On first use: with everything that is wrong.</exception>
    public static IServiceCollection AddServiceCalls(
        this IServiceCollection services, Action<ServicesOptions>? setup = null)
    {
        OptionsBuilder<ServicesOptions> options = services.AddOptions<ServicesOptions>();
        if (setup is not null)
            options.Configure(setup);
        if (services.Any(service => service.ServiceType == typeof(CallPath)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new LocalServices(provider.GetService<TicketDesks>));
        services.AddSingleton<TicketPolls>();
        services.AddSingleton<IConfigureOptions<ServicesOptions>, ConfiguredOptions>();
        services.AddSingleton<IValidateOptions<ServicesOptions>, CheckedOptions>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ServicesOptions>>().Value);
        services.AddSingleton<EndpointBook>();
        services.AddSingleton(provider =>
            new Chance(new Random((int)provider.GetRequiredService<TimeProvider>().GetTimestamp())));
        services.AddSingleton<Network>();
        services.AddSingleton<Attempt>();
        services.AddSingleton<RemoteCalls>();
        services.AddSingleton<CallPath>();
        services.AddSingleton<CallMeter>();
        services.AddSingleton(provider => new ServiceReports(
            provider.GetRequiredService<CallMeter>(),
            provider.GetService<ReportPublisher>() is null ? null : provider.GetService<ISiteStore>()));
        return services;
    }

    private sealed class ConfiguredOptions(IServiceProvider provider) : IConfigureOptions<ServicesOptions>
    {
        public void Configure(ServicesOptions options) =>
            provider.GetService<IConfiguration>()?.GetSection("Waybill:Services").Bind(options);
    }

    private sealed class CheckedOptions : IValidateOptions<ServicesOptions>
    {
        public ValidateOptionsResult Validate(string? name, ServicesOptions options)
        {
            string[] faults = [.. options.Faults()];
            return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
