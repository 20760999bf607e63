using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Engine.Remote;
using Waybill.Stores;

namespace Waybill.Hosting;

/// <summary>Adds a site to a host.</summary>
public static class WaybillServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="SiteClient"/>, <see cref="RemoteNodes"/>, <see cref="ISiteStore"/> and, unless
    /// declined, a <see cref="Worker"/> that runs with the host. The definition is checked when the
    /// first of them is made, at the latest when the host starts.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="setup">Says which store, which workflows, which options.</param>
    /// <exception cref="DefinitionException">On first use: with everything that is wrong.</exception>
    public static IServiceCollection AddWaybill(this IServiceCollection services, Action<WaybillBuilder> setup)
    {
        WaybillBuilder builder = new();
        setup(builder);
        Func<IServiceProvider, ISiteStore> createStore = builder.StoreFactory
            ?? throw new InvalidOperationException("The site has no store. Call UseSqlite, UsePostgres or UseStore.");

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => SiteDefinition.Checked(builder.Workflows, builder.Options));
        services.AddSingleton<EndingWatch>();
        services.AddSingleton(provider => new RemoteNodes(
            provider.GetRequiredService<TimeProvider>(),
            new RemoteLeaseNames(() => RandomHex(8), () => RandomHex(32))));
        services.AddSingleton(createStore);
        services.AddSingleton(provider => new SiteClient(
            provider.GetRequiredService<SiteDefinition>(),
            provider.GetRequiredService<ISiteStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<EndingWatch>(),
            IdsBy(provider.GetRequiredService<TimeProvider>())));
        if (builder.RunsWorker)
        {
            services.AddSingleton(CreateWorker);
            services.AddHostedService(provider => provider.GetRequiredService<Worker>());
        }
        else
        {
            services.AddHostedService<StoreOpener>();
        }

        return services;
    }

    private static Worker CreateWorker(IServiceProvider provider)
    {
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        EngineContext context = new(
            provider.GetRequiredService<SiteDefinition>(),
            provider.GetRequiredService<ISiteStore>(),
            time,
            ThreadPoolScheduler.Instance,
            IdsBy(time),
            provider.GetRequiredService<EndingWatch>(),
            provider.GetRequiredService<SiteClient>().Commits,
            provider.GetRequiredService<RemoteNodes>(),
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
        return new Worker(context, provider, provider.GetService<IHostApplicationLifetime>());
    }

    // Not to be guessed: whoever knows a lease can complete its run.
    private static string RandomHex(int length) => RandomNumberGenerator.GetHexString(length, lowercase: true);

    private static Func<ElementId> IdsBy(TimeProvider time) =>
        () => new ElementId(Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>Opens the store of a process that runs no worker.</summary>
    private sealed class StoreOpener(ISiteStore store, SiteDefinition site) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await store.OpenAsync(cancellationToken);
            await new HeldTables(site, store).DeclareAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
