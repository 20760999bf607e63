using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Sidelined;

/// <summary>
/// Frozen selections of sidelined elements, in records of kind <c>selection</c>: what is confirmed is what was looked
/// at. Whoever acts on one takes it away, so that it is acted on once.
/// </summary>
internal sealed class Selections(SiteClient site, IOptions<WaybillServerOptions> options)
{
    private const string Kind = "selection";

    public async Task<SelectionAnswer> FreezeAsync(SidelinedFilterBody given, CancellationToken cancel)
    {
        DateTimeOffset now = await site.Store.NowAsync(cancel);
        SidelinedFilterBody frozen = given with
        {
            SidelinedBefore = given.SidelinedBefore < now ? given.SidelinedBefore : now,
        };
        SelectionAnswer selection = new(
            Guid.CreateVersion7(now),
            await site.Sidelined.CountAsync(frozen.ToFilter(), cancel),
            frozen,
            frozen.SidelinedBefore!.Value,
            now + options.Value.SelectionRetention);
        await site.Store.Records.WriteAsync(
            [
                new RecordWrite(
                    KeyOf(selection.Id),
                    JsonSerializer.SerializeToUtf8Bytes(selection, RecordJson.Default.SelectionAnswer))
                {
                    Expected = 0,
                    KeepFor = options.Value.SelectionRetention,
                },
            ],
            cancel);
        return selection;
    }

    /// <summary>The selection, when the confirmed count is still right; from now on it is gone.</summary>
    /// <exception cref="ProblemException">There is none, it is not the caller's, or the count differs.</exception>
    public async Task<SelectionAnswer> TakeAsync(Guid id, long confirmed, Caller caller, CancellationToken cancel)
    {
        StoredRecord? record = (await site.Store.Records.ReadAsync([KeyOf(id)], cancel))[0];
        SelectionAnswer? selection = record is null
            ? null
            : JsonSerializer.Deserialize(record.Value.Span, RecordJson.Default.SelectionAnswer);
        bool isInReach = selection is not null
            && (selection.Filter.Workflow is { } workflow ? caller.Reaches(workflow) : !caller.IsLimited);
        if (!isInReach)
            throw Missing(id);
        long now = await site.Sidelined.CountAsync(selection!.Filter.ToFilter(), cancel);
        if (now != confirmed)
        {
            throw new ProblemException(
                ServerProblems.CountChanged,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Confirmed were {confirmed}, frozen {selection.Count}, and {now} are still sidelined. ")
                + "Look again, and freeze a new selection.");
        }

        RecordWrite taken = new(KeyOf(id), null) { Expected = record!.Revision };
        return await site.Store.Records.WriteAsync([taken], cancel) ? selection : throw Missing(id);
    }

    private static RecordKey KeyOf(Guid id) => new(Kind, id.ToString("D"));

    private static ProblemException Missing(Guid id) =>
        Answer.NotFound($"There is no selection {id} (any more). Each is acted on once; freeze a new one.");
}
