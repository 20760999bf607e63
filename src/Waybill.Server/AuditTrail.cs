using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server;

/// <summary>
/// Who did what to how many: every act of operators and admins, in records of kind <c>audit</c>. An act is written
/// before it begins and again when it has ended; one that cannot be written is not carried out.
/// </summary>
public sealed partial class AuditTrail
{
    private const string Kind = "audit";
    private const int BytesMax = 256 * 1024;
    private const int FaultLengthMax = 2000;

    private readonly SiteClient site;
    private readonly TimeProvider time;
    private readonly IOptions<WaybillServerOptions> options;
    private readonly ILogger<AuditTrail> log;

    internal AuditTrail(
        SiteClient site, TimeProvider time, IOptions<WaybillServerOptions> options, ILogger<AuditTrail> log)
    {
        this.site = site;
        this.time = time;
        this.options = options;
        this.log = log;
    }

    /// <summary>A page of the trail, oldest act first.</summary>
    /// <param name="from">Acts that began at this instant or later; null for all.</param>
    /// <param name="before">Acts that began before this instant; null for all.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<Page<AuditEntry>> ListAsync(
        DateTimeOffset? from = null, DateTimeOffset? before = null, PageRequest? page = null,
        CancellationToken cancel = default)
    {
        RecordFilter filter = new(Kind) { CreatedFrom = from, CreatedBefore = before };
        Page<StoredRecord> records = await site.Store.Records.ListAsync(filter, page ?? new PageRequest(), cancel);
        return new Page<AuditEntry>([.. records.Items.Select(Read)], records.Next);
    }

    /// <summary>How many acts there were, exactly.</summary>
    /// <param name="from">Acts that began at this instant or later; null for all.</param>
    /// <param name="before">Acts that began before this instant; null for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsync(
        DateTimeOffset? from = null, DateTimeOffset? before = null, CancellationToken cancel = default) =>
        site.Store.Records.CountAsync(new RecordFilter(Kind) { CreatedFrom = from, CreatedBefore = before }, cancel);

    /// <summary>Carries an act out between its two entries.</summary>
    /// <param name="act">What, to what, by whom.</param>
    /// <param name="carryOut">Does it, and says on how many it took effect.</param>
    /// <typeparam name="T">What comes of it.</typeparam>
    internal async Task<T> ActAsync<T>(AuditAct act, Func<Task<(T Result, long Count)>> carryOut)
    {
        AuditEntry entry = new(
            Guid.CreateVersion7(time.GetUtcNow()), time.GetUtcNow(), act.Name, act.Caller.Name, act.Caller.KeyPrefix,
            act.Reason, act.Target, act.Filter, null, AuditOutcome.Begun, null,
            Activity.Current?.TraceId.ToString());
        await WriteAsync(entry);
        T result;
        long count;
        try
        {
            (result, count) = await carryOut();
        }
        catch (Exception error)
        {
            await EndAsync(entry with { Outcome = AuditOutcome.Failed, Fault = Cut(error.Message) });
            throw;
        }

        await EndAsync(entry with { Outcome = AuditOutcome.Done, Count = count });
        return result;
    }

    private static AuditEntry Read(StoredRecord record) =>
        JsonSerializer.Deserialize(record.Value.Span, RecordJson.Default.AuditEntry)
        ?? throw new JsonException($"The audit record \"{record.Key.Name}\" is null.");

    // What was done stays done: that its end could not be written must not look like a failure of the act.
    private async Task EndAsync(AuditEntry entry)
    {
        try
        {
            await WriteAsync(entry);
        }
        catch (Exception error)
        {
            LogEndUnwritten(entry.Act, entry.Id, error);
        }
    }

    private async Task WriteAsync(AuditEntry entry)
    {
        byte[] written = JsonSerializer.SerializeToUtf8Bytes(entry, RecordJson.Default.AuditEntry);
        if (written.Length > BytesMax)
        {
            throw new ProblemException(
                ProblemType.TooLarge,
                FormattableString.Invariant($"Reason and filter fill {written.Length:N0} bytes in the audit trail, ")
                + FormattableString.Invariant($"which keeps {BytesMax:N0} of an act. Say it in fewer words."));
        }

        await site.Store.Records.WriteAsync(
            [
                new RecordWrite(new RecordKey(Kind, entry.Id.ToString("D")), written)
                {
                    KeepFor = options.Value.AuditRetention,
                },
            ],
            CancellationToken.None);
    }

    private static string Cut(string fault) => fault.Length <= FaultLengthMax ? fault : fault[..FaultLengthMax];

    [LoggerMessage(
        6010, LogLevel.Error, "The end of {Act} could not be written to the audit trail; entry {Id} stands as begun")]
    private partial void LogEndUnwritten(string act, Guid id, Exception error);
}

/// <summary>An act that is to be audited.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Caller">By whom.</param>
internal sealed record AuditAct(string Name, Caller Caller)
{
    public string? Reason { get; init; }

    public string? Target { get; init; }

    public JsonElement? Filter { get; init; }
}
