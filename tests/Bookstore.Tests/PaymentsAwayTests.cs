using System.Diagnostics;
using Bookstore.Commands;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Tests;

public sealed class PaymentsAwayTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    private readonly Bookshop shop = new();

    [Fact]
    public async Task Orders_wait_while_the_payments_process_is_dead_and_go_on_when_it_is_back()
    {
        (Process payments, string url) = await StartPaymentsAsync("http://127.0.0.1:0");
        Task<int> run = shop.RunAsync(OrderWith(url));
        await UntilAsync(run, async store => await EndedAsync(store) > 0);

        await KillAsync(payments);
        await UntilAsync(run, async store => await WaitingAsync(store) > 5);
        (Process revived, _) = await StartPaymentsAsync(url);
        int exit;
        try
        {
            exit = await run.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        finally
        {
            await KillAsync(revived);
        }

        Assert.Equal(0, exit);
        Assert.Equal(0, await shop.VerifyAsync());
        Assert.Contains("60 orders, 60 ended", shop.Output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    private RunOrder OrderWith(string payments)
    {
        RunOrder order = shop.Order(count: 60);
        return order with
        {
            Rate = 40,
            Site = order.Site with { Uses = new Dictionary<string, string> { ["payments"] = payments } },
        };
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static async Task<(Process Process, string Url)> StartPaymentsAsync(string url)
    {
        string[] arguments =
        [
            typeof(RunCommand).Assembly.Location, "serve", "payments", "--urls", url, "--speed", "0",
        ];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return (process, line!.Split(" at ")[1]);
    }

    private static Task<long> EndedAsync(ISiteStore store) => store.Tickets.CountAsync(
        new TicketFilter { Workflow = Orders.Workflow.Name, HasEnded = true }, CancellationToken.None);

    // What failed and waits for its next try.
    private static Task<long> WaitingAsync(ISiteStore store) => store.Directory.CountAsync(
        new ElementFilter { Workflow = Payments.Workflow.Name, Node = "process", State = ElementState.Delayed },
        CancellationToken.None);

    private async Task UntilAsync(Task run, Func<ISiteStore, Task<bool>> isSo)
    {
        using PeriodicTimer timer = new(Look, TimeProvider.System);
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        bound.CancelAfter(Bound);
        while (!File.Exists(shop.File))
            await timer.WaitForNextTickAsync(bound.Token);
        using Microsoft.Extensions.Hosting.IHost host = ServedSite.Build(shop.Site with { IsReadOnly = true });
        ISiteStore store = host.Services.GetRequiredService<ISiteStore>();
        await store.OpenAsync(bound.Token);
        while (!await isSo(store))
        {
            Assert.False(run.IsCompleted, $"The run has ended: {run.Exception?.Message}{shop.Output}");
            await timer.WaitForNextTickAsync(bound.Token);
        }
    }
}
