using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>Writes tickets. The same state gives the same bytes, so that their hash can be the entity tag.</summary>
internal static class TicketJson
{
    private const int TagBytes = 12;

    private static readonly JsonSerializerOptions ReceiptOptions = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static byte[] Of(TicketView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        TicketRecord ticket = view.Ticket;
        ArrayBufferWriter<byte> buffer = new(512 + ticket.Result.Length);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteReceipt(json, ticket.Id, ticket.Workflow, ticket.BusinessKey, view.State);
            json.WriteString("acceptedAt", ticket.AcceptedAt.UtcDateTime);
            if (ticket.EndedAt is { } ended)
                json.WriteString("endedAt", ended.UtcDateTime);
            if (view.Element is { } element)
                WriteProgress(json, element);
            if (ticket.Ending == Ending.Finished)
            {
                json.WritePropertyName("result");
                json.WriteRawValue(SecretDesk.Masked(ticket.Result).Span, skipInputValidation: true);
            }
            else if (ticket.Ending is { } ending)
            {
                WriteProblem(json, ending, ticket.Reason);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The receipt that a submission is answered with, before anything is known of its progress.</summary>
    public static byte[] Of(TicketReceipt receipt)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteReceipt(json, receipt.Id, receipt.Workflow, receipt.BusinessKey, TicketState.Accepted);
            json.WriteBoolean("isNew", receipt.IsNew);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a receipt, or a ticket as one that was not new.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static TicketReceipt ReadReceipt(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<WrittenReceipt>(json, ReceiptOptions) is { } read
            ? new TicketReceipt(new ElementId(read.Id), read.Workflow, read.Key, read.IsNew)
            : throw new JsonException("it is null, not a ticket.");

    /// <summary>A strong entity tag of what was written.</summary>
    public static string TagOf(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        return $"\"{Convert.ToHexStringLower(hash[..TagBytes])}\"";
    }

    private static void WriteReceipt(
        Utf8JsonWriter json, ElementId id, string workflow, string businessKey, TicketState state)
    {
        json.WriteString("id", id.Value);
        json.WriteString("workflow", workflow);
        json.WriteString("key", businessKey);
        json.WriteString("state", Name(state.ToString()));
    }

    private static void WriteProgress(Utf8JsonWriter json, ElementSummary element)
    {
        json.WriteStartObject("progress");
        json.WriteNumber("hop", element.Hop);
        json.WriteString("node", element.Node.Node);
        json.WriteString("doing", Name(element.State.ToString()));
        json.WriteString("since", element.MovedAt.UtcDateTime);
        if (element.CancelRequested)
            json.WriteBoolean("cancelRequested", true);
        json.WriteEndObject();
    }

    private static void WriteProblem(Utf8JsonWriter json, Ending ending, string? reason)
    {
        ProblemType type = TicketProblems.Of(ending);
        json.WriteStartObject("problem");
        json.WriteString("type", type.Uri);
        json.WriteString("title", type.Title);
        if (reason is not null)
            json.WriteString("detail", reason);
        json.WriteEndObject();
    }

    private sealed record WrittenReceipt(Guid Id, string Workflow, string Key, bool IsNew = false);

    private static string Name(string value) => JsonNamingPolicy.CamelCase.ConvertName(value);
}
