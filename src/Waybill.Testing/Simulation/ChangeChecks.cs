using System.Globalization;
using System.Text;
using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// What must hold of changes: the ledger tells what the data shows, and nothing that was told changes.
/// </summary>
internal static class ChangeChecks
{
    public static int NumberOf(ReadOnlyMemory<byte> payload) =>
        int.Parse(Encoding.UTF8.GetString(payload.Span), CultureInfo.InvariantCulture);

    /// <summary>Whether a request has reached an element.</summary>
    public static bool Knows(MemoryElement element, MemoryRequest request) =>
        element.Marks.ContainsKey(request.Number) || request.Reached(element.Id);

    /// <summary>The numbers of the changes that were applied, by element, as the ledger has them.</summary>
    public static ILookup<ElementId, int> Applied(MemoryState state) => state.Ledger.Requests.Values
        .Where(request => !request.IsCancel)
        .SelectMany(request => request.Outcomes
            .Where(outcome => outcome.Outcome == ChangeOutcome.Applied)
            .Select(outcome => (outcome.Element, Number: NumberOf(request.Change.Payload))))
        .ToLookup(applied => applied.Element, applied => applied.Number);

    /// <summary>The data of an element has each change that the ledger says was applied there, once.</summary>
    public static string? Fault(ILookup<ElementId, int> ledger, ElementId element, ReadOnlyMemory<byte> data)
    {
        bool hasChanges = data.Span.IndexOf("\"changes\""u8) >= 0;
        if (!hasChanges && !ledger.Contains(element))
            return null;
        IReadOnlyList<int> shown = Trip.Read(data).Changes ?? [];
        return shown.Order().SequenceEqual(ledger[element].Order())
            ? null
            : $"its data shows changes {string.Join(' ', shown)}, the ledger {string.Join(' ', ledger[element])}";
    }

    /// <summary>What must hold of the ledger when everything has come to its end.</summary>
    public static void Run(World world)
    {
        foreach (MemoryRequest request in world.Store.State.Ledger.Requests.Values)
        {
            string name = request.IsCancel ? "a cancel" : $"change {NumberOf(request.Change.Payload)}";
            if (!request.HasEnded)
                world.Violated($"{name} is pending, and all has ended");
            foreach (ElementOutcome outcome in request.IsCancel ? [] : request.Outcomes)
                Met(world, outcome.Outcome);
            if (request.Marked.Count > 0)
                world.Violated($"{name} is marked at what has ended");
            foreach (IGrouping<ElementId, ElementOutcome> twice in request.Outcomes
                .GroupBy(outcome => outcome.Element).Where(outcomes => outcomes.Count() > 1))
                world.Violated($"{name} has {twice.Count()} outcomes at {World.NumberOf(twice.Key)}");
        }

        CheckJournal(world);
        foreach (ChangeRecord told in world.Clients.Changers.Told)
            CheckTold(world, told);
    }

    private static void Met(World world, ChangeOutcome outcome) => world.Met(outcome switch
    {
        ChangeOutcome.Applied => Occasion.Applied,
        ChangeOutcome.Rejected => Occasion.Rejected,
        ChangeOutcome.TooLate => Occasion.TooLate,
        _ => Occasion.Withdrawn,
    });

    /// <summary>Each outcome stands in the journal once, but for those of elements that had ended before.</summary>
    private static void CheckJournal(World world)
    {
        int rows = world.Store.State.Journal.Count(row => row.Kind == JournalKind.ChangeResolved);
        int outcomes = world.Store.State.Ledger.Requests.Values
            .Sum(request => request.Outcomes.Count(outcome => outcome.Node is not null));
        if (rows != outcomes)
            world.Violated($"the ledger has {outcomes} outcomes, the journal {rows}");
    }

    /// <summary>An outcome is for ever; and what could not reach its element is applied nowhere later.</summary>
    private static void CheckTold(World world, ChangeRecord told)
    {
        IReadOnlyList<ElementOutcome> final = world.Store.State.Ledger.Find(told.Id)!.Outcomes;
        bool wasReached = told.Outcomes.Any(outcome => outcome.Outcome != ChangeOutcome.CouldNotReach);
        if (!told.Outcomes.All(final.Contains))
            world.Violated($"an outcome of change {NumberOf(told.Payload)} is not what was told");
        if (!wasReached && final.Any(outcome => outcome.Outcome == ChangeOutcome.Applied))
            world.Violated($"change {NumberOf(told.Payload)} could not reach its element, and was applied");
    }
}
