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

    public void Began(Element<Trip> element) =>
        Began(element.Id, element.Data, element.Node, element.Attempt, element.IdempotencyKey);

    public void Began(RemoteWork work) =>
        Began(work.Id, Trip.Read(work.Data), work.Node, work.Attempt, work.IdempotencyKey);

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

    private void Began(ElementId element, Trip data, NodeAddress node, int attempt, string idempotencyKey)
    {
        Trips[element] = data;
        if (attempt > AttemptsMax)
            world.Violated($"{World.NumberOf(element)} runs for the {attempt}. time at {node}");
        if (nodesByKey.TryAdd(idempotencyKey, node.Node) || nodesByKey[idempotencyKey] == node.Node)
            return;
        world.Violated(
            $"idempotency key {idempotencyKey} was used at {nodesByKey[idempotencyKey]} and at {node.Node}");
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
