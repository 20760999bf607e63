using Bookstore.Audit;
using Bookstore.Storage;
using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Checks the books of a site, also while it runs or after it was killed, and changes nothing.</summary>
public sealed class VerifyCommand(SiteOrder order, TextWriter output)
{
    private const int FaultsShown = 20;

    /// <summary>Returns 0 when the books balance, else 1.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        using Notices notices = new(Console.Error);
        using IHost host = Site.Build(order with { IsReadOnly = true }, notices);
        ISiteStore store = host.Services.GetRequiredService<ISiteStore>();
        await store.OpenAsync(cancel);
        Database database = host.Services.GetRequiredService<Database>();
        await Schema.RequireAsync(database, cancel);
        Auditor auditor = new(store, database);

        IReadOnlyList<Finding> findings = await auditor.AuditAsync(cancel);
        foreach (Finding finding in findings)
            await WriteAsync(finding);
        int faults = findings.Sum(finding => finding.Faults.Count);
        await output.WriteLineAsync(
            faults == 0 ? "The books balance." : $"The books do not balance: {faults} fault(s).");
        return faults == 0 ? 0 : 1;
    }

    private async Task WriteAsync(Finding finding)
    {
        await output.WriteLineAsync(
            $"{(finding.Faults.Count == 0 ? "ok   " : "FAULT")} {finding.Check}: {finding.Seen}");
        foreach (Fault fault in finding.Faults.Take(FaultsShown))
            await output.WriteLineAsync($"      {fault.Subject}: {fault.Description}");
        if (finding.Faults.Count > FaultsShown)
            await output.WriteLineAsync($"      and {finding.Faults.Count - FaultsShown} more");
    }
}
