using Bookstore.Desks;
using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Shows what was asked for about one order, and what became of it.</summary>
public sealed class LedgerCommand(string number) : IDeskCommand
{
    public bool OnlyLooks => true;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        ChangeFilter filter = new() { Target = ElementRef.Of(Orders.Workflow.Name, number) };
        ChangeDesk desk = site.GetRequiredService<SiteClient>().Changes;
        int shown = 0;
        Page<ChangeRecord> page = new([], null);
        do
        {
            page = await desk.ListAsync(filter, new PageRequest(After: page.Next), cancel);
            foreach (ChangeRecord record in page.Items)
                await LedgerText.WriteAsync(record, output);
            shown += page.Items.Count;
        }
        while (page.Next is not null);

        if (shown == 0)
            await output.WriteLineAsync($"Nobody has asked for a change of order {number}.");
        return 0;
    }
}
