using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Waybill.Server.Watching;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>
/// Reads in the journal which tickets have ended, and submits a delivery for those that somebody wants to be told of.
/// Any number of processes may do so at once: a delivery's business key is its ticket, so there is one.
/// </summary>
/// <remarks>
/// The order was written before the element was accepted, and the journal keeps its rows until they are acknowledged
/// here: no end is missed, whatever dies when.
/// </remarks>
internal sealed partial class CallbackFeed(
    SiteClient site, CallbackOptions options, TimeProvider time, ILogger<CallbackFeed> log) : RepeatedLook(time)
{
    private const string Reader = "callbacks";
    private const int RowsMax = 500;

    private JournalPosition? position;

    protected override TimeSpan Interval => options.LookInterval;

    /// <summary>Takes in the next rows of the journal.</summary>
    /// <returns>How many; 0 when there was nothing new.</returns>
    public async Task<int> PumpOnceAsync(CancellationToken cancel)
    {
        JournalPosition from = position ??= await site.Store.Journal.OpenReaderAsync(Reader, cancel);
        IReadOnlyList<JournalEntry> rows = await site.Store.Journal.ReadAsync(from, RowsMax, cancel);
        if (rows.Count == 0)
            return 0;
        ElementId[] ended = [.. rows.Where(IsEnding).Select(row => row.Element).Distinct()];
        if (ended.Length > 0)
            await SubmitAsync(ended, cancel);
        position = rows[^1].Position;
        await site.Store.Journal.AcknowledgeAsync(Reader, rows[^1].Position, cancel);
        return rows.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        site.Workflows.Any(workflow => workflow.Name == CallbackWorkflow.Name)
            ? base.ExecuteAsync(stoppingToken)
            : Task.CompletedTask;

    protected override async Task LookAsync(CancellationToken cancel)
    {
        while (await PumpOnceAsync(cancel) == RowsMax)
            continue;
    }

    protected override void Tell(Exception error) => LogFailed(error);

    private async Task SubmitAsync(ElementId[] ended, CancellationToken cancel)
    {
        IReadOnlyList<StoredRecord?> orders = await site.Store.Records.ReadAsync(
            [.. ended.Select(CallbackOrder.KeyOf)], cancel);
        List<RecordWrite> done = [];
        for (int i = 0; i < ended.Length; i++)
        {
            if (orders[i] is not { } order)
                continue;
            CallbackDelivery delivery = CallbackOrder.Of(order).DeliveryOf(ended[i]);
            using Activity? span = delivery.StartSpan();
            await site.SubmitAsync(CallbackWorkflow.Definition, ended[i].ToString(), delivery, cancel);
            done.Add(new RecordWrite(order.Key, order.Value) { KeepFor = options.ReplayRetention });
        }

        if (done.Count > 0)
            await site.Store.Records.WriteAsync(done, cancel);
    }

    private static bool IsEnding(JournalEntry row) =>
        row.Kind is JournalKind.Finished or JournalKind.Failed or JournalKind.Cancelled or JournalKind.Dropped;

    [LoggerMessage(5301, LogLevel.Warning, "Callbacks wait: the journal cannot be followed")]
    private partial void LogFailed(Exception error);
}
