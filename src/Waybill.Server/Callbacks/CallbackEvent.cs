using System.Buffers;
using System.Text.Json;
using Waybill.Services.Asynchronous;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>What a receiver is told: a CloudEvents 1.0 event, structured JSON, whose data is the ticket.</summary>
/// <param name="Id">The event's id, the same in every attempt and replay.</param>
/// <param name="Body">The event; the same bytes in every attempt.</param>
internal sealed record CallbackEvent(string Id, byte[] Body)
{
    public const string MediaType = "application/cloudevents+json; charset=utf-8";

    /// <summary>The event of a ticket that has ended.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="source">Which site tells it.</param>
    /// <param name="trace">The trace of its work, told as CloudEvents' distributed tracing extension has it.</param>
    public static CallbackEvent Of(TicketRecord ticket, string source, string? trace)
    {
        string id = $"evt_{ticket.Id.Value:N}";
        ArrayBufferWriter<byte> buffer = new(1024 + ticket.Result.Length);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", id);
            json.WriteString("source", source);
            json.WriteString("type", TypeOf(ticket.Ending));
            json.WriteString("subject", $"{ticket.Workflow}/{ticket.BusinessKey}");
            json.WriteString("time", ticket.EndedAt!.Value.UtcDateTime);
            if (trace is not null)
                json.WriteString("traceparent", trace);
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            json.WriteRawValue(Tickets.Write(ticket), skipInputValidation: true);
            json.WriteEndObject();
        }

        return new CallbackEvent(id, buffer.WrittenSpan.ToArray());
    }

    private static string TypeOf(Ending? ending) => ending switch
    {
        Ending.Finished => "waybill.ticket.finished",
        Ending.Cancelled => "waybill.ticket.cancelled",
        _ => "waybill.ticket.failed",
    };
}
