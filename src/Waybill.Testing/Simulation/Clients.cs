using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Those who use the site from outside: they submit (again, when they got no answer), signal, cancel, and see to what
/// is sidelined.
/// </summary>
internal sealed class Clients
{
    public static readonly Actor Operator = new("operator", "simulated");

    private readonly World world;
    private readonly HashSet<(ElementId Element, int Payload)> sent = [];
    private readonly Pickers pickers;
    private int signals;

    public Clients(World world)
    {
        this.world = world;
        Changers = new Changers(world);
        pickers = new Pickers(world);
        int count = world.Chance.Next(5, 30);
        Roots = [.. Enumerable.Range(1, count).Select(i => new Root($"r{i}", world.Chance.Next(1_000_000)))];
    }

    public IReadOnlyList<Root> Roots { get; }

    /// <summary>Those who ask for changes.</summary>
    public Changers Changers { get; }

    public bool HasSent(ElementId element, int payload) => sent.Contains((element, payload));

    /// <summary>One client does something, by chance.</summary>
    public void Act(SimulatedProcess process)
    {
        switch (world.Chance.Next(48))
        {
            case < 12:
                Submit(process, world.OneOf(Roots));
                break;
            case < 32:
                ToSomeElement(process, Signal);
                break;
            case < 33:
                ToSomeElement(process, Cancel);
                break;
            case < 37:
                ToSomeElement(process, Changers.Ask, world.Chance.Next(4) == 0);
                break;
            case < 39:
                pickers.Act(process);
                break;
            case < 41:
                world.Operators.Act(process);
                break;
            default:
                SeeToSidelined(process, world.Chance.Next(4));
                break;
        }
    }

    /// <summary>All clients do what is left for everything to end.</summary>
    public void Finish(SimulatedProcess process)
    {
        foreach (Root root in Roots.Where(root => root.Accepted is null))
            Submit(process, root);
        foreach (MemoryElement element in world.Store.State.Elements.Values.ToArray())
        {
            if (element.Place is { State: ElementState.AwaitingSignal, Due: null })
                Signal(process, element.Id);
        }

        if (world.Store.State.Elements.Values.Any(element => element.Sidelined is not null))
            SeeToSidelined(process, 0);
    }

    private void Submit(SimulatedProcess process, Root root)
    {
        if (root.AskedBy is { IsDead: false })
            return;
        root.AskedBy = process;
        world.Trace($"{process.Name} client submits {root.Key}");
        Workflow<Trip, int> trips = (Workflow<Trip, int>)process.Workflows[0];
        process.Call(
            () => process.Client.SubmitAsync(trips, root.Key, new Trip(root.Plan, 0, 0)),
            call =>
            {
                root.AskedBy = null;
                if (!call.IsCompletedSuccessfully)
                    return;
                Ticket<int> ticket = ((Task<Ticket<int>>)call).Result;
                if (root.Accepted is { } first && (first != ticket.Id || ticket.IsNew))
                    world.Violated($"{root.Key} was accepted twice");
                root.Accepted = ticket.Id;
            });
    }

    private void ToSomeElement(
        SimulatedProcess process, Action<SimulatedProcess, ElementId> act, bool ofShelf = false)
    {
        ElementId[] elements =
        [
            .. world.Store.State.Elements.Values
                .Where(element => !ofShelf || element.Place.State is ElementState.Held or ElementState.Batched)
                .Select(element => element.Id),
        ];
        if (elements.Length > 0)
            act(process, world.OneOf(elements));
    }

    private void Signal(SimulatedProcess process, ElementId element)
    {
        int payload = ++signals;
        sent.Add((element, payload));
        world.Trace($"{process.Name} client signals {World.NumberOf(element)}");
        process.Call(() => process.Client.SignalAsync(ElementRef.Of(element), Trips.Go, payload), _ => { });
    }

    private void Cancel(SimulatedProcess process, ElementId element)
    {
        world.Trace($"{process.Name} client cancels {World.NumberOf(element)}");
        process.Call(() => process.Client.CancelAsync(ElementRef.Of(element), Operator), _ => { });
    }

    private void SeeToSidelined(SimulatedProcess process, int choice)
    {
        world.Trace($"{process.Name} operator sees to what is sidelined");
        SidelinedDesk desk = process.Client.Sidelined;
        process.Call(
            () => choice switch
            {
                < 2 => desk.RetryAsync(SidelinedFilter.All, Operator),
                2 => desk.EditAndRetryAsync(SidelinedFilter.All, """{"isEdited":true}""", Operator),
                _ => desk.DropAsync(SidelinedFilter.All, Operator),
            },
            _ => { });
    }
}

/// <summary>Something to be submitted, once, however often it is asked for.</summary>
internal sealed class Root(string key, int plan)
{
    public string Key => key;

    public int Plan => plan;

    /// <summary>The process through which it is being submitted; no answer comes from one that died.</summary>
    public SimulatedProcess? AskedBy { get; set; }

    /// <summary>The element, once a client was told that it is accepted.</summary>
    public ElementId? Accepted { get; set; }
}
