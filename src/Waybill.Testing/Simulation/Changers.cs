using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Those who ask for changes: with and without waiting for what becomes of them, again when nobody knows whether a
/// request was taken in, and now and then taking one back.
/// </summary>
internal sealed class Changers(World world)
{
    private readonly List<Asked> asked = [];
    private int numbers;

    /// <summary>What callers were told that a change came to.</summary>
    public List<ChangeRecord> Told { get; } = [];

    public void Ask(SimulatedProcess process, ElementId element)
    {
        switch (asked.Count == 0 ? world.Chance.Next(10) : world.Chance.Next(12))
        {
            case < 4:
                Apply(process, element);
                break;
            case < 8:
                RequestNew(process, element);
                break;
            case < 9:
                Apply(process, element);
                RequestNew(process, element);
                break;
            case < 10:
                Apply(process, element);
                Cancel(process, element);
                break;
            case < 11:
                Request(process, world.OneOf(asked));
                break;
            default:
                Withdraw(process, world.OneOf(asked));
                break;
        }
    }

    private void Apply(SimulatedProcess process, ElementId element)
    {
        int number = ++numbers;
        Change<int> change = world.Chance.Next(2) == 0 ? Trips.Note : Trips.Order;
        TimeSpan bound = TimeSpan.FromMilliseconds(world.Chance.Next(1, 1500));
        world.Trace($"{process.Name} client applies {change} {number} to {World.NumberOf(element)} within {bound}");
        process.Call(
            () => process.Client.Changes.ApplyAsync(ElementRef.Of(element), change, number, Clients.Operator, bound),
            call =>
            {
                if (call.IsCompletedSuccessfully)
                    Heard(((Task<ChangeResult>)call).Result);
            });
    }

    private void Heard(ChangeResult result)
    {
        if (result.Record is not { } record)
            return;
        world.Trace($"  told: {result.Status}");
        Told.Add(record);
        if (!record.HasEnded)
            world.Violated($"{ChangeChecks.NumberOf(record.Payload)} was told to be {result.Status}, and is pending");
    }

    private void Cancel(SimulatedProcess process, ElementId element)
    {
        world.Trace($"{process.Name} client cancels {World.NumberOf(element)} meanwhile");
        process.Call(() => process.Client.CancelAsync(ElementRef.Of(element), Clients.Operator), _ => { });
    }

    private void RequestNew(SimulatedProcess process, ElementId element) => Request(
        process, new Asked(new ChangeId(world.NewId().Value), element, ++numbers, world.Chance.Next(2) == 0));

    private void Request(SimulatedProcess process, Asked request)
    {
        Change<int> change = request.IsNote ? Trips.Note : Trips.Order;
        world.Trace(
            $"{process.Name} client asks for {change} {request.Number} of {World.NumberOf(request.Element)}");
        asked.Add(request);
        process.Call(
            () => process.Client.Changes.RequestAsync(
                ElementRef.Of(request.Element), change, request.Number, Clients.Operator, request.Id),
            _ => { });
    }

    private void Withdraw(SimulatedProcess process, Asked request)
    {
        world.Trace($"{process.Name} client takes {request.Number} back");
        process.Call(
            () => process.Client.Changes.WithdrawAsync(request.Id),
            call =>
            {
                if (call.IsCompletedSuccessfully && ((Task<ChangeRecord?>)call).Result is { } record)
                    Told.Add(record);
            });
    }

    private sealed record Asked(ChangeId Id, ElementId Element, int Number, bool IsNote);
}
