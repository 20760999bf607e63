using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Waybill.Services.Composing;

/// <summary>Adds the composer of pages to a host.</summary>
public static class ComposerExtensions
{
    /// <summary>Adds one <see cref="Composer"/> for the whole process. Twice does no more than once.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Changes its limits.</param>
    /// <exception cref="ArgumentException">On first use: with everything that is wrong.</exception>
    public static IServiceCollection AddComposer(
        this IServiceCollection services, Action<ComposerOptions>? setup = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            ComposerOptions options = new();
            setup?.Invoke(options);
            return new Composer(options, provider.GetRequiredService<TimeProvider>());
        });
        return services;
    }
}
