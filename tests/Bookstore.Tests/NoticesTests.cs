using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bookstore.Tests;

public sealed class NoticesTests
{
    [Fact]
    public async Task Of_a_host_that_does_not_start_only_the_exception_tells()
    {
        using StringWriter echo = new();

        await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(echo, fails: true));

        Assert.Empty(echo.ToString());
    }

    [Fact]
    public async Task What_a_host_warns_of_while_it_starts_is_printed_when_it_has()
    {
        using StringWriter echo = new();

        await StartAsync(echo, fails: false);

        Assert.Contains("the door squeaks", echo.ToString(), StringComparison.Ordinal);
    }

    private static async Task StartAsync(StringWriter echo, bool fails)
    {
        using Notices notices = new(echo);
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(notices);
        builder.Services.AddHostedService(provider =>
            new Door(fails, provider.GetRequiredService<ILogger<Door>>()));
        using IHost host = builder.Build();
        await notices.StartAsync(host, TestContext.Current.CancellationToken);
    }

    private sealed class Door(bool fails, ILogger<Door> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            log.LogWarning("the door squeaks");
            return fails ? throw new InvalidDataException("the door is locked") : Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
