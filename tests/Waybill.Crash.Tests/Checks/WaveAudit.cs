using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>
/// Finds what the books tell against releases: each held element in exactly one batch, and the same members in the
/// batch's journal, in the members' own, and in what the batch's code noted.
/// </summary>
internal sealed class WaveAudit(Books books)
{
    public IEnumerable<string> Faults()
    {
        JournalEntry[] rows = [.. books.Histories.Values.SelectMany(history => history)];
        Boarding[] released =
        [
            .. rows.Where(row => row.Kind == JournalKind.Released)
                .SelectMany(row => MembersIn(row).Select(member => new Boarding(row.Element, member))),
        ];
        Boarding[] batched =
        [
            .. rows.Where(row => row.Kind == JournalKind.Batched)
                .Select(row => new Boarding(BatchIn(row), row.Element)),
        ];
        return
        [
            .. released.GroupBy(boarding => boarding.Member)
                .Where(batches => batches.Count() > 1)
                .Select(batches => $"{batches.Key} was released into {string.Join(", ", batches)}"),
            .. batched.Except(released).Select(boarding => $"no release tells of {boarding}"),
            .. released.Except(batched).Select(boarding => $"its member does not tell of {boarding}"),
            .. books.Boardings.Except(released).Select(boarding => $"a wave took a stranger along: {boarding}"),
            .. released.Except(books.Boardings).Select(boarding => $"a wave left a member behind: {boarding}"),
        ];
    }

    private static List<ElementId> MembersIn(JournalEntry row)
    {
        using JsonDocument detail = JsonDocument.Parse(row.Detail!);
        return
        [
            .. detail.RootElement.GetProperty("members").EnumerateArray()
                .Select(member => ElementId.Parse(member.GetString()!)),
        ];
    }

    private static ElementId BatchIn(JournalEntry row)
    {
        using JsonDocument detail = JsonDocument.Parse(row.Detail!);
        return ElementId.Parse(detail.RootElement.GetProperty("batch").GetString()!);
    }
}
