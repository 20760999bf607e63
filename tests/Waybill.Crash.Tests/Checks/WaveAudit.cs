using System.Text.Json;
using Waybill.Crash.Child;
using Waybill.Stores;

namespace Waybill.Crash.Tests.Checks;

/// <summary>
/// Finds what the books tell against releases: each held element in exactly one batch, none past all of them, and the
/// same members in the batch's journal, in the members' own, and in what the batch's code noted.
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
            .. Doubled(released, "was released into"),
            .. Doubled(batched, "itself tells of"),
            .. Doubled(books.Boardings, "was noted by"),
            .. WithoutBatch(),
            .. batched.Except(released).Select(boarding => $"no release tells of {boarding}"),
            .. released.Except(batched).Select(boarding => $"its member does not tell of {boarding}"),
            .. books.Boardings.Except(released).Select(boarding => $"a wave took a stranger along: {boarding}"),
            .. released.Except(books.Boardings).Select(boarding => $"a wave left a member behind: {boarding}"),
        ];
    }

    private static IEnumerable<string> Doubled(IEnumerable<Boarding> boardings, string how) => boardings
        .GroupBy(boarding => boarding.Member)
        .Where(batches => batches.Count() > 1)
        .Select(batches => $"{batches.Key} {how} {string.Join(", ", batches)}");

    private IEnumerable<string> WithoutBatch() => books.Histories.Values
        .SelectMany(history => history.Zip(history.Skip(1)))
        .Where(step => step.First.Node.Node == Workload.Dock.Name && step.Second.Kind != JournalKind.Batched)
        .Select(step => $"{step.First.Element} left the queue in no batch: {step.Second.Kind}");

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
