using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookstore.Commands;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Tests;

public sealed class PaymentsAwayTests : IDisposable
{
    private const int Before = 20;
    private const int While = 40;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Bookshop shop = new();
    private readonly Socket seat = TakeSeat();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Url => string.Create(
        CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)seat.LocalEndPoint!).Port}");

    // No order is given up: without a bound, a fault would let this wait for ever.
    [Fact(Timeout = 600_000)]
    public async Task Orders_wait_while_the_payments_process_is_dead_and_go_on_when_it_is_back()
    {
        SeededFeed feed = new(new Chance(1), SeededCatalog.Of(new Chance(1), 1000), Before + While);
        await shop.VisitAsync((_, database) => OpeningDay.PrepareAsync(feed, database, Stop));
        using IHost site = ServedSite.Build(
            shop.Site with { Uses = new Dictionary<string, string> { ["payments"] = Url } });
        await site.StartAsync(Stop);
        Feeder feeder = new(
            feed, site.Services.GetRequiredService<SiteClient>(), site.Services.GetRequiredService<Bookmark>(),
            TimeProvider.System);

        using (PaymentsProcess payments = await PaymentsProcess.StartAsync(Url))
        {
            await feeder.SubmitOnceAsync(Before);
            await UntilAsync(async () => await EndedAsync(site) > 0, site);
        }

        await feeder.SubmitOnceAsync(While);
        await UntilAsync(async () => await WaitingAsync(site) > 5, site);
        using (PaymentsProcess revived = await PaymentsProcess.StartAsync(Url))
        {
            await UntilAsync(async () => await EndedAsync(site) == Before + While, site);
            await site.StopAsync(Stop);
        }

        Assert.Equal(0, await shop.VerifyAsync());
    }

    public void Dispose()
    {
        seat.Dispose();
        shop.Dispose();
    }

    // While nobody listens at it, a port of the system's choice would be given to somebody else: to a connection of
    // another test, or of the site to itself. One that is bound, though to nothing, is not.
    private static Socket TakeSeat()
    {
        Socket seat = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        seat.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return seat;
    }

    private static Task<long> EndedAsync(IHost site) => StoreOf(site).Tickets.CountAsync(
        new TicketFilter { Workflow = Orders.Workflow.Name, HasEnded = true }, Stop);

    // What failed and waits for its next try.
    private static Task<long> WaitingAsync(IHost site) => StoreOf(site).Directory.CountAsync(
        new ElementFilter { Workflow = Payments.Workflow.Name, Node = "process", State = ElementState.Delayed }, Stop);

    private static ISiteStore StoreOf(IHost site) => site.Services.GetRequiredService<ISiteStore>();

    private static async Task UntilAsync(Func<Task<bool>> isSo, IHost site)
    {
        Vendors vendors = site.Services.GetRequiredService<Vendors>();
        using PeriodicTimer timer = new(Look, TimeProvider.System);
        while (!await isSo())
        {
            await vendors.DeliverOnceAsync(Stop);
            await timer.WaitForNextTickAsync(Stop);
        }
    }

    /// <summary>A process that carries out payments, until it is killed: when this is disposed.</summary>
    private sealed class PaymentsProcess(Process process) : IDisposable
    {
        public static async Task<PaymentsProcess> StartAsync(string url)
        {
            string[] arguments =
            [
                typeof(RunCommand).Assembly.Location, "serve", "payments", "--urls", url, "--speed", "0",
            ];
            ProcessStartInfo start = new("dotnet", arguments)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            PaymentsProcess started = new(Process.Start(start)!);
            string? line = await started.ReadLineAsync();
            Assert.StartsWith("Services: payments", line, StringComparison.Ordinal);
            return started;
        }

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        private async Task<string?> ReadLineAsync() => await process.StandardOutput.ReadLineAsync(Stop);
    }
}
