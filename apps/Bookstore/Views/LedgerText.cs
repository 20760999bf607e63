using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Views;

/// <summary>Prints requests of the ledger, and what became of each.</summary>
internal static class LedgerText
{
    public static async Task WriteAsync(ChangeRecord record, TextWriter output)
    {
        string payload = Encoding.UTF8.GetString(SecretDesk.Masked(record.Payload).Span);
        string why = record.Actor.Reason is null ? "" : $" ({record.Actor.Reason})";
        await output.WriteLineAsync(Invariant(
            $"{record.RequestedAt:yyyy-MM-dd HH:mm:ss} {record.Type} {payload}")
            + $" by {record.Actor.Name}{why}, {record.Id}");
        foreach (ElementOutcome outcome in record.Outcomes)
            await output.WriteLineAsync($"    {LineOf(outcome)}");
        if (record.Outcomes.Count == 0)
            await output.WriteLineAsync("    concerns nobody so far");
    }

    private static string LineOf(ElementOutcome outcome)
    {
        string what = outcome.Outcome switch
        {
            ChangeOutcome.Applied => "applied",
            ChangeOutcome.Rejected => "refused",
            ChangeOutcome.TooLate => "too late",
            ChangeOutcome.CouldNotReach => "could not reach",
            _ => "pending",
        };
        if (outcome.Node is null)
            return Invariant($"{what,-15} it had ended, {outcome.At:HH:mm:ss.fff}");
        string detail = outcome.Reason
            ?? (SecretDesk.Masked(outcome.Difference) is { } difference ? DifferenceText(difference) : "");
        return Invariant($"{what,-15} {outcome.Node} hop {outcome.Hop}, {outcome.At:HH:mm:ss.fff}  {detail}").TrimEnd();
    }

    private static string DifferenceText(string difference)
    {
        JsonNode both = JsonNode.Parse(difference)!;
        return $"{Compact(both["from"])} -> {Compact(both["to"])}";
    }

    private static string Compact(JsonNode? node) => node?.ToJsonString(JsonSerializerOptions.Default) ?? "nothing";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
