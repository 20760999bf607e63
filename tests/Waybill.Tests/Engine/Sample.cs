using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tests.Engine;

/// <summary>The data, nodes and small workflows that the engine's tests share.</summary>
internal static class Sample
{
    public static readonly Node<Parcel> First = new("first");
    public static readonly Node<Parcel> Second = new("second");
    public static readonly Node<Parcel> Third = new("third");
    public static readonly Node<Parcel, string> Joined = new("joined");
    public static readonly Node<Parcel, int> Signalled = new("signalled");
    public static readonly Signal<int> Paid = new("paid");

    public static readonly Actor Clerk = new("clerk", "a test");

    public static Workflow<Parcel, string> Flow(string name = "parcels", int version = 1) =>
        Workflow<Parcel, string>.Named(name, version).StartsAt(First);

    /// <summary>A workflow of one node.</summary>
    public static Workflow<Parcel, string> Single(
        Func<Element<Parcel>, Route> run, Action<NodeSetup<Parcel>>? rules = null, string name = "parcels") =>
        Flow(name).Node(First, n =>
        {
            n.Run(run).Finishes();
            rules?.Invoke(n);
        });

    /// <summary>A workflow of one node whose runs end when the test says so.</summary>
    public static Workflow<Parcel, string> Gated(
        Gate gate, Action<NodeSetup<Parcel>>? rules = null, string name = "parcels") =>
        Flow(name).Node(First, n =>
        {
            n.Run(async (element, cancel) => await gate.PassAsync(element, cancel)).Finishes();
            rules?.Invoke(n);
        });

    public static async Task<ElementId> SubmitAsync(
        this TestSite site, Workflow<Parcel, string> workflow, string key = "1", Parcel? data = null) =>
        (await site.Client.SubmitAsync(workflow, key, data ?? new Parcel())).Id;

    public static async Task<TicketStatus<string>> StatusAsync(
        this TestSite site, Workflow<Parcel, string> workflow, string key = "1") =>
        (await site.Client.StatusAsync(workflow, key))!;

    public static async Task<ElementState?> StateAsync(this TestSite site, ElementId element) =>
        (await site.Store.Directory.FindAsync(ElementRef.Of(element), default))?.Summary.State;

    public static async Task<JournalKind[]> HistoryAsync(this TestSite site, ElementId element) =>
    [
        .. (await site.Store.Journal.HistoryAsync(new(element), new(1000), default)).Items.Select(entry => entry.Kind),
    ];

    public static async Task<SidelinedElement> SingleSidelinedAsync(this TestSite site) =>
        Assert.Single((await site.Client.Sidelined.ListAsync(SidelinedFilter.All)).Items);
}

internal sealed record Parcel(string Note = "", int Count = 0);

/// <summary>Holds runs until the test lets them go on, and keeps who came, in their order.</summary>
internal sealed class Gate
{
    private readonly Dictionary<string, TaskCompletionSource<Route>> held = [];

    public List<string> Came { get; } = [];

    public int Held => held.Count;

    public Task<Route> PassAsync(Element<Parcel> element, CancellationToken cancel)
    {
        Came.Add(element.BusinessKey);
        TaskCompletionSource<Route> gate = new();
        held[element.BusinessKey] = gate;
        return gate.Task.WaitAsync(cancel);
    }

    public void Open(string key, Route? route = null)
    {
        held.Remove(key, out TaskCompletionSource<Route>? gate);
        gate!.SetResult(route ?? Route.Finish("done"));
    }

    /// <summary>Takes a run's end away, so that another run of the same element can be held beside it.</summary>
    public TaskCompletionSource<Route> Take(string key)
    {
        held.Remove(key, out TaskCompletionSource<Route>? gate);
        return gate!;
    }

    public void OpenAll()
    {
        foreach (string key in held.Keys.ToArray())
            Open(key);
    }
}
