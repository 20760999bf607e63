using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>The network between one process and the store: decides the fate of each call by chance.</summary>
internal sealed class Wire(World world, SimulatedProcess process) : IStoreFaults
{
    private static readonly string[] Reads =
    [
        "Now", "Directory", "Tickets", "Journal", "Elements.Fences", "Sidelined.List", "Held.List", "Held.Group",
        "Held.Members", "Changes.Find", "Changes.List", "Changes.Count", "Records.List", "Records.Read",
    ];

    public Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
    {
        if (process.IsDead)
            return Never<T>();
        if (world.Now < world.OutageUntil)
            return Task.FromException<T>(new StoreUnavailableException("The store cannot be reached."));
        bool isRead = Reads.Any(read => call.StartsWith(read, StringComparison.Ordinal));
        double fate = world.IsCalm ? 1 : world.Chance.NextDouble() / world.Harshness;
        return (call == "Elements.Commit" ? fate / 2 : fate) switch
        {
            < 0.004 => CrashBefore<T>(call),
            < 0.010 => CrashAfter(call, apply),
            < 0.020 when !isRead => UnknownApplied(call, apply),
            < 0.028 when !isRead => UnknownNotApplied<T>(call),
            < 0.036 when !isRead => UnknownAppliedLate(call, apply),
            < 0.044 => PauseIn(call, apply),
            < 0.052 => Refused<T>(call),
            _ => world.Happens(0.15) ? Slow(call, apply) : Direct(call, apply),
        };
    }

    public void Hint(Action arrived)
    {
        if (world.Happens(0.1))
        {
            world.Fired(FaultKind.HintLost, process.Name);
            return;
        }

        arrived();
        if (world.Happens(0.05))
        {
            world.Fired(FaultKind.HintTwice, process.Name);
            arrived();
        }
    }

    private Task<T> Direct<T>(string call, Func<Task<T>> apply)
    {
        world.Trace($"{process.Name} {call}");
        return apply();
    }

    private Task<T> CrashBefore<T>(string call)
    {
        Broken(FaultKind.CrashBeforeCall, call);
        process.Die();
        return Never<T>();
    }

    private Task<T> CrashAfter<T>(string call, Func<Task<T>> apply)
    {
        Broken(FaultKind.CrashAfterCall, call);
        // First dead, then applied: what the call tells others must not wake this one.
        process.Die();
        _ = apply().Exception;
        return Never<T>();
    }

    private Task<T> UnknownApplied<T>(string call, Func<Task<T>> apply)
    {
        Broken(FaultKind.UnknownApplied, call);
        ApplyUnheard(apply);
        return Unknown<T>();
    }

    private void ApplyUnheard<T>(Func<Task<T>> apply)
    {
        world.IsUnheard = true;
        _ = apply().Exception;
        world.IsUnheard = false;
    }

    private Task<T> UnknownNotApplied<T>(string call)
    {
        Broken(FaultKind.UnknownNotApplied, call);
        return Unknown<T>();
    }

    private Task<T> UnknownAppliedLate<T>(string call, Func<Task<T>> apply)
    {
        Broken(FaultKind.UnknownAppliedLate, call);
        world.Deliveries.Add(new Delivery(process, $"late {call}", () => ApplyUnheard(apply), null));
        return Unknown<T>();
    }

    private Task<T> Refused<T>(string call)
    {
        world.Fired(FaultKind.CallRefused, $"{process.Name} {call}");
        return Task.FromException<T>(new StoreUnavailableException("Nothing was written, by chance."));
    }

    private Task<T> PauseIn<T>(string call, Func<Task<T>> apply)
    {
        world.Fired(FaultKind.PauseInCall, $"{process.Name} {call}");
        process.Pause();
        return Send(call, apply);
    }

    private Task<T> Slow<T>(string call, Func<Task<T>> apply)
    {
        world.Fired(FaultKind.SlowCall, $"{process.Name} {call}");
        return Send(call, apply);
    }

    /// <summary>The call and its answer are on their way, each for as long as chance has it.</summary>
    private Task<T> Send<T>(string call, Func<Task<T>> apply)
    {
        TaskCompletionSource<T> answer = new();
        Task<T>? applied = null;
        world.Deliveries.Add(new Delivery(process, call, () => applied = apply(), () => Answer(answer, applied!)));
        return answer.Task;
    }

    private static void Answer<T>(TaskCompletionSource<T> answer, Task<T> applied)
    {
        if (applied.Exception is { } error)
            answer.SetException(error.InnerExceptions);
        else if (applied.IsCanceled)
            answer.SetCanceled();
        else
            answer.SetResult(applied.Result);
    }

    /// <summary>Notes that a call was broken off: its process does not get to know what became of it.</summary>
    private void Broken(FaultKind kind, string call)
    {
        world.Fired(kind, $"{process.Name} {call}");
        Occasion? occasion = call switch
        {
            "Held.Release" => Occasion.ReleaseBroken,
            "Changes.Request" => Occasion.RequestBroken,
            "Changes.Resolve" => Occasion.AnswerBroken,
            "Changes.Withdraw" => Occasion.WithdrawalBroken,
            "Records.Write" => Occasion.ControlBroken,
            _ => null,
        };
        if (occasion is { } met)
            world.Met(met);
    }

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    private static Task<T> Unknown<T>() =>
        Task.FromException<T>(new CommitOutcomeUnknownException("The connection broke during the call."));
}

/// <summary>One call on its way: first to the store, then its answer back.</summary>
internal sealed class Delivery(SimulatedProcess process, string call, Action apply, Action? answer)
{
    private bool isApplied;

    public SimulatedProcess Process => process;

    /// <summary>Whether the next stage can happen now: an answer waits while its process stands still.</summary>
    public bool CanGoOn => !isApplied || process.IsDead || !process.IsPaused;

    /// <summary>Goes one stage further. True when the delivery is over.</summary>
    public bool GoOn(World world)
    {
        if (!isApplied)
        {
            world.Trace($"{process.Name} {call} arrives");
            apply();
            isApplied = true;
            return answer is null || process.IsDead;
        }

        if (!process.IsDead)
        {
            world.Trace($"{process.Name} {call} answered");
            process.Do(answer!);
        }

        return true;
    }
}
