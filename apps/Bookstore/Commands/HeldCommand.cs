using System.Globalization;
using Bookstore.Desks;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Shows what is held, group by group.</summary>
public sealed class HeldCommand : IDeskCommand
{
    public bool OnlyLooks => true;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        SiteClient client = site.GetRequiredService<SiteClient>();
        await WriteAsync(
            client.Held(Fulfilment.Workflow, Fulfilment.Picklist), "weightGrams", "g", output, cancel);
        await WriteAsync(client.Held(Payments.Workflow, Payments.Charging), "pence", "pence", output, cancel);
        return 0;
    }

    private static async Task WriteAsync(
        HeldDesk desk, string column, string unit, TextWriter output, CancellationToken cancel)
    {
        HeldQuery query = new()
        {
            GroupBy = [HeldQuery.GroupKey],
            Measures = [new HeldMeasure(column, HeldFunction.Sum)],
        };
        IReadOnlyList<HeldGroup> groups = await desk.GroupAsync(query, cancel);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{desk.Queue}: {groups.Sum(group => group.Count):N0} held"));
        foreach (HeldGroup group in groups)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {group.Keys[0].Text,-24} {group.Count,6:N0}  {group.Measures[0].Number ?? 0,10:N0} {unit}, "
                + $"since {group.OldestAt:HH:mm:ss}"));
        }
    }
}

/// <summary>Releases one held group at once.</summary>
public sealed class ReleaseCommand(string group, Actor clerk) : IDeskCommand
{
    public bool OnlyLooks => false;

    public async Task<int> RunAsync(IServiceProvider site, TextWriter output, CancellationToken cancel)
    {
        SiteClient client = site.GetRequiredService<SiteClient>();
        HeldFilter filter = new() { Group = group };
        HeldDesk[] desks =
        [
            client.Held(Fulfilment.Workflow, Fulfilment.Picklist), client.Held(Payments.Workflow, Payments.Charging),
        ];
        foreach (HeldDesk desk in desks)
        {
            ReleasedBatch released = await desk.ReleaseAsync(filter, clerk, cancel: cancel);
            if (released.Batch is { } batch)
            {
                await output.WriteLineAsync($"Released {released.Members} of {desk.Queue} as {batch}.");
                return 0;
            }
        }

        await output.WriteLineAsync($"Nothing is held in a group \"{group}\".");
        return 1;
    }
}
