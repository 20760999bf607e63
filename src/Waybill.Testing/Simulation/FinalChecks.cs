using System.Globalization;
using System.Text;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>What must hold when everything has come to its end.</summary>
internal static class FinalChecks
{
    public static void Run(World world)
    {
        Dictionary<ElementId, List<JournalEntry>> histories = world.Store.State.Journal
            .GroupBy(row => row.Element).ToDictionary(rows => rows.Key, rows => rows.ToList());
        foreach ((ElementId element, List<JournalEntry> history) in histories)
        {
            if (HistoryChecks.Fault(history) is { } fault)
                world.Violated($"{World.NumberOf(element)}: {fault}");
        }

        CheckEffects(world);
        CheckTickets(world, histories);
        CheckOrder(world);
        CheckReader(world);
        CheckProcesses(world);
        ChangeChecks.Run(world);
        world.Waves.Check();
    }

    /// <summary>What runs wrote happened once for each hop that a run brought about, and for nothing else.</summary>
    private static void CheckEffects(World world)
    {
        SortedDictionary<string, long> expected = new(StringComparer.Ordinal);
        Dictionary<ElementId, NodeAddress> at = [];
        foreach (JournalEntry row in world.Store.State.Journal)
        {
            // What comes to be held after a wait is held without a run.
            NodeAddress? from = at.GetValueOrDefault(row.Element);
            bool isHolding = row.Node.Node == Trips.Shelf.Name && from == row.Node;
            // Remote workers attach no writes; what they bring is watched where it is committed.
            bool isRemote = from?.Node == Trips.Afar.Name;
            at[row.Element] = row.Node;
            if (HistoryChecks.IsOfRun(row.Kind) && !isHolding && !isRemote)
                expected[Ledger.EffectOf(row.Element, row.Hop - 1)] = 1;
        }

        // A cancel takes the writes of a run along, when one had just ended.
        HashSet<string> allowed =
        [
            .. world.Store.State.Journal
                .Where(row => row.Kind is JournalKind.Cancelling or JournalKind.Cancelled)
                .Select(row => Ledger.EffectOf(row.Element, row.Hop - 1)),
        ];
        world.Store.Read(tables =>
        {
            foreach (string key in tables.Keys.Where(key => !expected.ContainsKey(key) && !allowed.Contains(key)))
                world.Violated($"effect {key} belongs to no hop");
            foreach (string key in tables.Keys.Where(key => tables.Counter(key) != 1))
                world.Violated($"effect {key} happened {tables.Counter(key)} times");
            foreach (string key in expected.Keys.Where(key => tables.Find(key) is null))
                world.Violated($"effect {key} is lost");
            return 0;
        });
    }

    private static void CheckTickets(World world, Dictionary<ElementId, List<JournalEntry>> histories)
    {
        foreach (Root root in world.Clients.Roots)
        {
            TicketRecord? ticket = world.Store.State.FindTicket(ElementRef.Of("trips", root.Key))?.Record;
            if (ticket is null || ticket.Id != root.Accepted)
                world.Violated($"the ticket of {root.Key} is lost");
            else if (TicketFault(root, ticket, histories[ticket.Id]) is { } fault)
                world.Violated($"{root.Key}: {fault}");
        }
    }

    private static string? TicketFault(Root root, TicketRecord ticket, List<JournalEntry> history)
    {
        bool wasCancelled = history.Exists(row => row.Kind == JournalKind.CancelRequested);
        int? result = ticket.Ending == Ending.Finished
            ? int.Parse(Encoding.UTF8.GetString(ticket.Result.Span), CultureInfo.InvariantCulture)
            : null;
        bool isRight = ticket.Ending switch
        {
            Ending.Finished => result == (history.Exists(row => row.Kind == JournalKind.Cancelling)
                ? Plan.Undone
                : Plan.ResultOf(root.Plan)),
            Ending.Cancelled => wasCancelled,
            Ending.Dropped => history.Exists(row => row.Kind == JournalKind.Dropped),
            _ => false,
        };
        return isRight ? null : $"ended as {ticket.Ending} with {result}, {ticket.Reason}";
    }

    /// <summary>
    /// Elements leave a line of per-key order as they came, but for those that are cancelled out of it.
    /// </summary>
    private static void CheckOrder(World world)
    {
        Dictionary<ElementId, NodeAddress> at = [];
        Dictionary<(NodeAddress Node, string Key), List<ElementId>> lines = [];
        HashSet<ElementId> cancelled = [];
        foreach (JournalEntry row in world.Store.State.Journal)
        {
            if (row.Kind == JournalKind.CancelRequested)
                cancelled.Add(row.Element);
            if (!HistoryChecks.IsHop(row.Kind))
                continue;
            NodeAddress? before = at.GetValueOrDefault(row.Element);
            NodeAddress? after = HistoryChecks.IsEnding(row.Kind) ? null : row.Node;
            if (Equals(before, after))
                continue;
            if (before?.Node == Trips.Ordered.Name)
            {
                List<ElementId> line = lines[(before, KeyOf(world, row.Element))];
                if (line[0] != row.Element && !cancelled.Contains(row.Element))
                    world.Violated($"{World.NumberOf(row.Element)} overtook {World.NumberOf(line[0])} at {before}");
                line.Remove(row.Element);
            }

            if (after?.Node == Trips.Ordered.Name)
            {
                (NodeAddress, string) line = (after, KeyOf(world, row.Element));
                if (!lines.TryGetValue(line, out List<ElementId>? elements))
                    lines.Add(line, elements = []);
                elements.Add(row.Element);
            }

            if (after is null)
                at.Remove(row.Element);
            else
                at[row.Element] = after;
        }
    }

    private static string KeyOf(World world, ElementId element) => Plan.OrderKeyOf(world.Ledger.Trips[element].Plan);

    private static void CheckReader(World world)
    {
        if (!world.Reader.Seen.SequenceEqual(world.Store.State.Journal.Select(row => row.Position)))
        {
            world.Violated(
                $"the journal has {world.Store.State.Journal.Count} rows, its reader saw {world.Reader.Seen.Count} "
                + "of them, or in another order");
        }
    }

    private static void CheckProcesses(World world)
    {
        foreach (SimulatedProcess process in world.Processes)
        {
            if (process.Passes.Custody.Count != 0)
                world.Violated($"{process.Name} still believes that it owns {process.Passes.Custody.Count} elements");
            if (process.Remote.Leased != 0)
                world.Violated($"{process.Name} still has {process.Remote.Leased} leases out");
            foreach (NodeRunner runner in process.Passes.Hosted.All)
            {
                NodeSnapshot snapshot = runner.ToSnapshot();
                if (snapshot is not { Ready: 0, Running: 0 } || runner.Reserved != 0)
                    world.Violated($"{process.Name} is left with {snapshot} and {runner.Reserved} reserved");
            }
        }
    }
}
