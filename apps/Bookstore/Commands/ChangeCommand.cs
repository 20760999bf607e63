using Bookstore.Desks;
using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Changes something about an order, and waits for what comes of it.</summary>
/// <param name="number">The order.</param>
/// <param name="change">What kind of change.</param>
/// <param name="payload">What is asked for.</param>
/// <param name="clerk">Who asks, and why.</param>
/// <param name="bound">How long to wait; what has not come through by then is withdrawn. Null: do not wait.</param>
/// <typeparam name="TChange">What is asked for.</typeparam>
public sealed class ChangeCommand<TChange>(
    string number, Change<TChange> change, TChange payload, Actor clerk, TimeSpan? bound) : IDeskCommand
{
    public bool OnlyLooks => false;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        ChangeDesk desk = site.GetRequiredService<SiteClient>().Changes;
        ElementRef order = ElementRef.Of(Orders.Workflow.Name, number);
        return bound is { } wait
            ? await ApplyAsync(desk, order, wait, output, cancel)
            : await RequestAsync(desk, order, output, cancel);
    }

    private async Task<int> ApplyAsync(
        ChangeDesk desk, ElementRef order, TimeSpan wait, TextWriter output, CancellationToken cancel)
    {
        ChangeResult result = await desk.ApplyAsync(order, change, payload, clerk, wait, cancel);
        await output.WriteLineAsync(result.Status switch
        {
            ChangeResultStatus.Applied => "Applied.",
            ChangeResultStatus.PartlyApplied => "Applied in part.",
            ChangeResultStatus.Rejected => "Refused.",
            ChangeResultStatus.TooLate => "Too late.",
            ChangeResultStatus.CouldNotReach => "Could not reach the order in time; it will not be applied any more.",
            _ => $"There is no order {number}.",
        });
        if (result.Record is not null)
            await LedgerText.WriteAsync(result.Record, output);
        return result.Status is ChangeResultStatus.Applied or ChangeResultStatus.PartlyApplied ? 0 : 1;
    }

    private async Task<int> RequestAsync(
        ChangeDesk desk, ElementRef order, TextWriter output, CancellationToken cancel)
    {
        ChangeTicket ticket = await desk.RequestAsync(order, change, payload, clerk, cancel: cancel);
        bool isTaken = ticket.Status == ChangeReceiptStatus.Taken;
        await output.WriteLineAsync(isTaken
            ? $"Taken in as {ticket.Id}; the ledger tells what comes of it."
            : $"There is no order {number}.");
        return isTaken ? 0 : 1;
    }
}
