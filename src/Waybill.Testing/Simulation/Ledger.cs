namespace Waybill.Testing.Simulation;

/// <summary>What runs saw, checked at once where it can be, and kept for the checks at the end.</summary>
internal sealed class Ledger(World world)
{
    private const int AttemptsMax = 3;

    private readonly Dictionary<string, string> nodesByKey = [];

    /// <summary>The plan that each element follows, of those that ever ran.</summary>
    public Dictionary<ElementId, Trip> Trips { get; } = [];

    /// <summary>The name of what the hop from a hop number writes exactly once.</summary>
    public static string EffectOf(ElementId element, int fromHop) => $"{World.NumberOf(element)}:{fromHop}";

    public void Began(Element<Trip> element)
    {
        Trips[element.Id] = element.Data;
        if (element.Attempt > AttemptsMax)
            world.Violated($"{World.NumberOf(element.Id)} runs for the {element.Attempt}. time at {element.Node}");
        string node = element.Node.Node;
        if (nodesByKey.TryAdd(element.IdempotencyKey, node) || nodesByKey[element.IdempotencyKey] == node)
            return;
        world.Violated(
            $"idempotency key {element.IdempotencyKey} was used at {nodesByKey[element.IdempotencyKey]} and at {node}");
    }

    public void Joined(Element<Trip> element, Replies<int> replies)
    {
        Trip caller = element.Data with { Step = element.Data.Step - 1 };
        Step step = Plan.StepOf(caller);
        int calls = step == Step.Call ? 1 : Plan.CallsOf(caller);
        bool mayBeFewer = step == Step.ForkImpatiently && !replies.AllFinished;
        bool isRight = replies.Count > 0
            && (replies.Count == calls || (replies.Count < calls && mayBeFewer))
            && replies.Select(reply => reply.Call).Distinct().Count() == replies.Count
            && replies.All(reply => reply.Call < calls && IsRight(caller, reply));
        if (isRight)
            return;
        string told = string.Join(", ", replies.Select(reply => $"{reply.Call} {reply.Ending} {reply.Result}"));
        world.Violated($"{World.NumberOf(element.Id)} got wrong replies to its {step} of {calls}: {told}");
    }

    public void Resumed(Element<Trip> element, Replies<int> replies)
    {
        Step step = Plan.StepOf(element.Data with { Step = element.Data.Step - 1 });
        bool isRight = replies.TimedOut
            ? step == Step.AwaitSignalForAWhile
            : replies.Count == 1 && world.Clients.HasSent(element.Id, replies[0].Value);
        if (!isRight)
            world.Violated($"{World.NumberOf(element.Id)} went on from {step} with a signal that nobody sent");
    }

    private static bool IsRight(Trip caller, Reply<int> reply)
    {
        int plan = Plan.CalledPlan(caller, reply.Call);
        bool fails = Plan.Fails(plan, caller.Depth + 1);
        return reply.Ending switch
        {
            Ending.Finished => !fails && reply.Value == Plan.ResultOf(plan),
            Ending.Failed => fails && reply.Reason == "as planned",
            _ => true,
        };
    }
}
