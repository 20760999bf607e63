using Bookstore.Desks;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Cancels an order.</summary>
public sealed class CancelCommand(string number, Actor clerk) : IDeskCommand
{
    public bool OnlyLooks => false;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        CancelOutcome outcome = await site.GetRequiredService<SiteClient>()
            .CancelAsync(ElementRef.Of(Orders.Workflow.Name, number), clerk, cancel);
        await output.WriteLineAsync(outcome switch
        {
            CancelOutcome.Requested => $"Order {number} is asked to stop; the ledger tells what comes of it.",
            CancelOutcome.AlreadyRequested => $"Order {number} was asked to stop before.",
            CancelOutcome.TooLate => $"It is too late to stop order {number}: it has ended, or is about to.",
            _ => $"There is no order {number}.",
        });
        return outcome is CancelOutcome.Requested or CancelOutcome.AlreadyRequested ? 0 : 1;
    }
}
