using System.Globalization;
using System.Text;
using System.Text.Json;
using Waybill.Stores;
using Waybill.Tracking.Sealing;

namespace Waybill.Tracking.Reading;

/// <summary>Reads histories.</summary>
internal sealed class HistoryReading(SubjectKeys keys, IReadOnlyDictionary<int, NodeAddress> nodes)
{
    public static async Task<HistoryReading> BeginAsync(Shelves shelves, SubjectKeys keys)
    {
        List<(int Number, NodeAddress Node)> all = await shelves.Tracking.ReadAsync(
            "select id, workflow, version, name from waybill.node",
            row => (row.GetInt32(0), new NodeAddress(row.GetString(1), row.GetInt32(2), row.GetString(3))));
        return new HistoryReading(keys, all.ToDictionary(node => node.Number, node => node.Node));
    }

    /// <summary>The steps of elements that stand on one shelf, by key.</summary>
    public async Task<ILookup<long, TrackedStep>> StepsAsync(Shelf shelf, IReadOnlyList<FoundElement> elements)
    {
        Dictionary<long, FoundElement> byKey = elements.ToDictionary(element => element.Key);
        List<(long Key, TrackedStep Step)> steps = [];
        foreach (FoundElement[] some in elements.Chunk(500))
        {
            string list = string.Join(',', some.Select(one => one.Key.ToString(CultureInfo.InvariantCulture)));
            List<(long Key, string Steps)> parts = await shelf.ReadAsync(
                $"select element, steps from waybill.history where element in ({list}) order by element, part",
                row => (row.GetInt64(0), row.GetString(1)));
            foreach ((long key, string part) in parts)
                steps.AddRange((await ParseAsync(part, byKey[key])).Select(step => (key, step)));
        }

        // Rows that were set aside come behind those that they stand before.
        return steps.OrderBy(step => step.Step.Hop).ThenBy(step => step.Step.At)
            .ToLookup(step => step.Key, step => step.Step);
    }

    /// <summary>How long an element was at each node.</summary>
    /// <param name="steps">Its history.</param>
    /// <param name="until">The end, or the present.</param>
    public static IReadOnlyList<NodeTime> Times(IReadOnlyList<TrackedStep> steps, DateTimeOffset until)
    {
        Dictionary<NodeAddress, NodeTime> times = [];
        for (int i = 0; i < steps.Count; i++)
        {
            TrackedStep step = steps[i];
            DateTimeOffset left = i + 1 < steps.Count ? steps[i + 1].At : until;
            TimeSpan worked = i + 1 < steps.Count ? steps[i + 1].Worked : TimeSpan.Zero;
            TimeSpan waited = left - step.At - worked;
            NodeTime so = times.GetValueOrDefault(step.Node)
                ?? new NodeTime(step.Node, TimeSpan.Zero, TimeSpan.Zero, 0);
            times[step.Node] = so with
            {
                Waited = so.Waited + (waited > TimeSpan.Zero ? waited : TimeSpan.Zero),
                Worked = so.Worked + worked,
                Runs = so.Runs + (i + 1 < steps.Count && steps[i + 1].Hop > step.Hop ? 1 : 0),
            };
        }

        return [.. times.Values];
    }

    private async Task<List<TrackedStep>> ParseAsync(string part, FoundElement element)
    {
        using JsonDocument document = JsonDocument.Parse(part);
        List<TrackedStep> steps = [];
        foreach (JsonElement step in document.RootElement.EnumerateArray())
        {
            (string? detail, string? milestone, bool isErased) = step.GetArrayLength() > 5
                ? await NoteAsync(step[5], element)
                : (null, null, false);
            steps.Add(new TrackedStep(
                step[0].GetInt64().ToTime(), (JournalKind)step[1].GetInt32(), step[2].GetInt32(),
                nodes[step[3].GetInt32()], step[4].GetInt64().ToDuration(), detail, milestone, isErased));
        }

        return steps;
    }

    private async Task<(string? Detail, string? Milestone, bool IsErased)> NoteAsync(
        JsonElement note, FoundElement element)
    {
        if (note.ValueKind != JsonValueKind.String)
            return (Member(note, "detail"), Member(note, "milestone"), false);
        string[] parts = note.GetString()!.Split(':');
        if (await keys.FindAsync(long.Parse(parts[0], CultureInfo.InvariantCulture)) is not { } key)
            return (null, null, true);
        byte[] opened = Seal.Open(key, element.Element.Id, Convert.FromBase64String(parts[1]));
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(opened));
        return (Member(document.RootElement, "detail"), Member(document.RootElement, "milestone"), false);
    }

    private static string? Member(JsonElement note, string name) =>
        note.TryGetProperty(name, out JsonElement member) ? member.GetRawText() : null;
}
